using System.Globalization;
using System.Text;

namespace Granary.Vault.Transparency;

/// <summary>
/// Which tile of a tree (c2sp.org/tlog-tiles): <c>L/N</c> for hashes and <c>entries/N</c> for entries, with <c>.p/W</c> behind it where the tile is not
/// full. N is written in groups of three digits, each but the last with an x before it.
/// </summary>
/// <param name="Level">0 for the leaves; null for the entries themselves.</param>
/// <param name="Index">Which tile of its level.</param>
/// <param name="Width">How many hashes or entries, 1 to 256.</param>
public readonly record struct TileAddress(int? Level, long Index, int Width)
{
    /// <summary>Hashes in a full tile.</summary>
    public const int FullWidth = 256;

    // A tree of 2^63 entries has no more levels.
    private const int MaxLevel = 7;

    /// <summary>What follows <c>tile/</c>; only the one spelling of an address is read.</summary>
    public static bool TryParse(string path, out TileAddress address)
    {
        address = default;
        var parts = path.Split('/').ToList();
        var width = FullWidth;
        if (parts.Count > 2 && parts[^2].EndsWith(".p", StringComparison.Ordinal))
        {
            if (!int.TryParse(parts[^1], NumberStyles.None, CultureInfo.InvariantCulture, out width) || width is < 1 or >= FullWidth)
                return false;
            parts.RemoveAt(parts.Count - 1);
            parts[^1] = parts[^1][..^2];
        }
        int? level = null;
        if (parts[0] != "entries")
        {
            if (!int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number > MaxLevel)
                return false;
            level = number;
        }
        var digits = string.Concat(parts.Skip(1).Select(part => part.TrimStart('x')));
        if (!long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var index) || index > long.MaxValue / FullWidth)
            return false;
        address = new TileAddress(level, index, width);
        return address.ToString() == path;
    }

    /// <summary>The tiles of a level that a tree of a size has.</summary>
    public static IEnumerable<TileAddress> Of(int? level, long size)
    {
        var hashes = Hashes(level, size);
        for (long index = 0; index < hashes / FullWidth; index++)
            yield return new TileAddress(level, index, FullWidth);
        if (hashes % FullWidth > 0)
            yield return new TileAddress(level, hashes / FullWidth, (int)(hashes % FullWidth));
    }

    /// <summary>All tiles and bundles that a tree of a size has.</summary>
    public static IEnumerable<TileAddress> AllOf(long size) =>
        Of(null, size).Concat(Enumerable.Range(0, MaxLevel + 1).SelectMany(level => Of(level, size)));

    /// <summary>Whether a tree of a size has the tile.</summary>
    public bool IsIn(long size) => (Index * FullWidth) + Width <= Hashes(Level, size);

    /// <summary>The address behind <c>tile/</c>.</summary>
    public override string ToString()
    {
        var text = new StringBuilder((Index % 1000).ToString("000", CultureInfo.InvariantCulture));
        for (var rest = Index / 1000; rest > 0; rest /= 1000)
            text.Insert(0, string.Create(CultureInfo.InvariantCulture, $"x{rest % 1000:000}/"));
        var level = Level is { } number ? number.ToString(CultureInfo.InvariantCulture) : "entries";
        return Width == FullWidth ? $"{level}/{text}" : string.Create(CultureInfo.InvariantCulture, $"{level}/{text}.p/{Width}");
    }

    private static long Hashes(int? level, long size) => size >> (8 * (level ?? 0));
}
