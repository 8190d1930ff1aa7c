using System.Globalization;
using System.Text;
using Granary.Vault.Storage;

namespace Granary.Vault.Redis;

/// <summary>An idempotency record as it is stored: position, hash and digest as text, a blank behind each, then the receipt.</summary>
internal static class ClaimRecord
{
    public static byte[] Write(IdempotencyClaim claim, long position, string hash)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{position} {hash} {claim.Digest} ");
        var record = new byte[Encoding.UTF8.GetMaxByteCount(text.Length) + claim.Receipt.Length];
        var length = Encoding.UTF8.GetBytes(text, record);
        claim.Receipt.Span.CopyTo(record.AsSpan(length));
        return record[..(length + claim.Receipt.Length)];
    }

    /// <exception cref="VaultStorageException">It is not a record.</exception>
    public static IdempotencyRecord Read(string key, ReadOnlyMemory<byte> record)
    {
        var rest = record;
        var position = Part(ref rest);
        var hash = Part(ref rest);
        var digest = Part(ref rest);
        return long.TryParse(position, NumberStyles.None, CultureInfo.InvariantCulture, out var at) && hash is not null && digest is not null
            ? new IdempotencyRecord(new IdempotencyClaim(key, digest, rest), at, hash)
            : throw new VaultStorageException(VaultStorageFailure.Damaged, "The record of an idempotency key cannot be read.");
    }

    private static string? Part(ref ReadOnlyMemory<byte> rest)
    {
        var end = rest.Span.IndexOf((byte)' ');
        if (end < 0)
            return null;
        var part = Encoding.UTF8.GetString(rest.Span[..end]);
        rest = rest[(end + 1)..];
        return part;
    }
}
