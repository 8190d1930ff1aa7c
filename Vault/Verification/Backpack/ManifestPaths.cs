using System.Globalization;
using System.Text;
using Granary.Vault.Backpack.Manifests;
using Granary.Vault.Reducer;
using Granary.Vault.Verification.Reports;

namespace Granary.Vault.Verification.Backpack;

/// <summary>
/// The paths of a manifest among themselves. The format's tree pairs a level's last node with itself, so that a last entry that occurs twice leaves root
/// and signature as they were: only the list itself shows it.
/// </summary>
internal sealed class ManifestPaths(FindingList findings)
{
    public void Check(IReadOnlyList<ManifestEntry> entries)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var folded = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var path in entries.Select(entry => entry.Path))
        {
            if (!seen.Add(path))
                findings.Add(BackpackRules.DuplicatePath, $"The manifest lists {path} twice.");
            else if (!folded.TryAdd(Fold(path), path))
                findings.Add(BackpackRules.DuplicatePath, $"The manifest lists {path} and {folded[Fold(path)]}, which are one file where case does not count.");
            if (Manifest.IsExcluded(path))
                findings.Add(BackpackRules.ExcludedPath, $"The manifest lists {path}, which is never part of one.");
        }
        CheckSpellings(seen);
        if (!IsSorted(entries, Utf8Text.Order.Compare) && !IsSorted(entries, CompareParts))
            findings.Add(BackpackRules.PathOrder, "The manifest's files are not in the order of their paths.");
    }

    /// <summary>Whether a path stays inside the vault, on every system: relative, with <c>/</c>, without drives, control characters and steps upwards.</summary>
    public static bool IsSafe(string path) =>
        path.Length > 0 && !path.AsSpan().ContainsAny("\\:") && !path.Any(char.IsControl)
        && path.Split('/').All(part => part.Length > 0 && part is not ("." or "..") && part[^1] is not ('.' or ' '));

    // Programs run without the system's Unicode tables, so composed and decomposed letters cannot be told apart from each other, only from other text: what
    // differs in nothing but how its letters are composed counts as one file.
    private void CheckSpellings(HashSet<string> paths)
    {
        var decomposed = paths.Where(path => path.EnumerateRunes().Any(IsMark)).ToList();
        if (decomposed.Count == 0)
            return;
        var skeletons = paths.ToLookup(Skeleton, StringComparer.Ordinal);
        foreach (var path in decomposed)
        {
            if (skeletons[Skeleton(path)].FirstOrDefault(other => other != path) is { } twin)
                findings.Add(BackpackRules.DuplicatePath, $"The manifest lists {path} and {twin}, which are one file where the composition of letters does not count.");
        }
    }

    private static bool IsSorted(IReadOnlyList<ManifestEntry> entries, Func<string, string, int> compare)
    {
        for (var i = 1; i < entries.Count; i++)
        {
            if (compare(entries[i - 1].Path, entries[i].Path) > 0)
                return false;
        }
        return true;
    }

    // The reference's bootstrap sorts by the parts of paths, its generator by their text.
    private static int CompareParts(string x, string y)
    {
        var (left, right) = (x.Split('/'), y.Split('/'));
        for (var i = 0; i < Math.Min(left.Length, right.Length); i++)
        {
            if (Utf8Text.Order.Compare(left[i], right[i]) is var order and not 0)
                return order;
        }
        return left.Length - right.Length;
    }

    private static string Fold(string path) => path.ToUpperInvariant();

    /// <summary>A path with every letter outside ASCII, and every letter with its combining marks, as one and the same character.</summary>
    private static string Skeleton(string path)
    {
        var skeleton = new StringBuilder(path.Length);
        foreach (var rune in path.EnumerateRunes())
        {
            if (!IsMark(rune))
                skeleton.Append(rune.IsAscii ? char.ToUpperInvariant((char)rune.Value) : '?');
            else if (skeleton.Length > 0)
                skeleton[^1] = '?';
        }
        return skeleton.ToString();
    }

    private static bool IsMark(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark;
}
