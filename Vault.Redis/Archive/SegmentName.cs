using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Granary.Vault.Redis.Archive;

/// <summary>The name of a segment's object: tenant, vault, birth, and then <c>events-00000012-</c> with the SHA-256 of its bytes.</summary>
/// <param name="Folder">Where a vault's objects are; see <see cref="FolderOf"/>.</param>
/// <param name="Stream">The stream, as in the keys of its lists.</param>
/// <param name="Index">The segment's place in the stream.</param>
/// <param name="Hash">The SHA-256 of its bytes.</param>
internal sealed record SegmentName(string Folder, string Stream, long Index, byte[] Hash)
{
    /// <summary>The last part: one of a kind within the vault.</summary>
    public string Short => string.Create(CultureInfo.InvariantCulture, $"{Stream}-{Index:D8}-{Convert.ToHexStringLower(Hash)}");

    /// <summary>The whole name.</summary>
    public string Full => $"{Folder}/{Short}";

    /// <summary>A vault that was removed and made again under its name has a folder of its own.</summary>
    /// <param name="vault">Tenant and vault, as keys have them.</param>
    /// <param name="birth">What the vault's head says of its birth; a client may have had a word in it.</param>
    public static string FolderOf(string vault, string birth) => $"{vault}/{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(birth)))[..16]}";

    /// <summary>Reads <see cref="Short"/>; null for anything else.</summary>
    public static SegmentName? TryParse(string folder, string name)
    {
        var parts = name.Split('-');
        if (parts.Length != 3 || !long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var index) || parts[2].Length != 2 * SHA256.HashSizeInBytes)
            return null;
        var hash = new byte[SHA256.HashSizeInBytes];
        return Convert.FromHexString(parts[2], hash, out _, out _) == System.Buffers.OperationStatus.Done ? new SegmentName(folder, parts[0], index, hash) : null;
    }
}
