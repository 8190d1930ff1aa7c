using System.Text;
using Granary.Vault.Backpack.Manifests;
using Granary.Vault.Reducer;

namespace Granary.Vault.Verification.Backpack;

/// <summary>
/// The paths of a manifest among themselves. The format's tree pairs a level's last node with itself, so that a last entry that stands twice leaves root
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
                findings.Add(
                    BackpackRules.DuplicatePath,
                    $"The manifest lists {path} and {folded[Fold(path)]}, which are one file where case or the composition of characters does not count.");
            if (Manifest.IsExcluded(path))
                findings.Add(BackpackRules.ExcludedPath, $"The manifest lists {path}, which is never part of one.");
        }
        if (!IsSorted(entries, Utf8Text.Order.Compare) && !IsSorted(entries, CompareParts))
            findings.Add(BackpackRules.PathOrder, "The manifest's files are not in the order of their paths.");
    }

    /// <summary>Whether a path stays inside the vault, on every system: relative, with <c>/</c>, without drives, control characters and steps upwards.</summary>
    public static bool IsSafe(string path) =>
        path.Length > 0 && !path.AsSpan().ContainsAny("\\:") && !path.Any(char.IsControl)
        && path.Split('/').All(part => part.Length > 0 && part is not ("." or "..") && part[^1] is not ('.' or ' '));

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

    // Two halves of a surrogate pair apart cannot be normalised; the form is checked elsewhere.
    private static string Fold(string path)
    {
        try
        {
            return path.Normalize(NormalizationForm.FormC).ToUpperInvariant();
        }
        catch (ArgumentException)
        {
            return path.ToUpperInvariant();
        }
    }
}
