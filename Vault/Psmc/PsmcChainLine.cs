using System.Buffers;
using Granary.Vault.Canonical;

namespace Granary.Vault.Psmc;

/// <summary>What a stored chain line says, read without trust. Members that are missing or of another type are null.</summary>
internal sealed record PsmcChainLine(bool IsCanonical, string? Hash, string? PreviousHash, long? Sequence, string? KeyId, byte[]? Signature)
{
    private static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");

    /// <summary>Reads a line; null where it is not a JSON object.</summary>
    public static PsmcChainLine? Read(ReadOnlySpan<byte> line, PooledBuffer scratch)
    {
        scratch.Clear();
        try
        {
            CanonicalJson.Write(line, scratch, PsmcLimits.MaxReadDepth);
        }
        catch (CanonicalJsonException)
        {
            return null;
        }
        var text = scratch.Written;
        if (text[0] != '{')
            return null;
        return new PsmcChainLine(
            text.SequenceEqual(line),
            Member(text, "hash"u8),
            Member(text, "prev_hash"u8),
            CanonicalObject.TryGet(text, "seq"u8, out var sequence) ? PsmcEvent.Number(sequence) : null,
            Member(text, "key_fp"u8),
            Bytes(Member(text, "sig"u8)));
    }

    private static string? Member(ReadOnlySpan<byte> text, ReadOnlySpan<byte> key) =>
        CanonicalObject.TryGet(text, key, out var value) ? PsmcEvent.Text(value) : null;

    private static byte[]? Bytes(string? hex)
    {
        if (hex is null || hex.Length != 128 || hex.AsSpan().ContainsAnyExcept(LowerHex))
            return null;
        return Convert.FromHexString(hex);
    }
}
