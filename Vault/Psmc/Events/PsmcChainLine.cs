using System.Buffers;
using Granary.Vault.Canonical;

namespace Granary.Vault.Psmc.Events;

/// <summary>What a stored chain line says, read without trust. Members that are missing or of another type are null.</summary>
internal sealed record PsmcChainLine(bool IsCanonical, string? Hash, string? PreviousHash, long? Sequence, string? KeyId, byte[]? Signature)
{
    private static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");

    /// <summary>Reads a line; null where it is not a JSON object.</summary>
    public static PsmcChainLine? Read(ReadOnlySpan<byte> line, PooledBuffer scratch)
    {
        ReadOnlySpan<byte> text;
        try
        {
            text = CanonicalJson.Read(line, scratch, EventLimits.MaxReadDepth);
        }
        catch (CanonicalJsonException)
        {
            return null;
        }
        return text[0] == '{' ? Read(text, text.SequenceEqual(line)) : null;
    }

    private static PsmcChainLine Read(ReadOnlySpan<byte> text, bool isCanonical)
    {
        string? hash = null, previousHash = null, keyId = null;
        long? sequence = null;
        byte[]? signature = null;
        var members = new CanonicalObject(text);
        while (members.MoveNext())
        {
            var key = members.Key;
            if (key.SequenceEqual("hash"u8))
                hash = PsmcEvent.Text(members.Value);
            else if (key.SequenceEqual("key_fp"u8))
                keyId = PsmcEvent.Text(members.Value);
            else if (key.SequenceEqual("prev_hash"u8))
                previousHash = PsmcEvent.Text(members.Value);
            else if (key.SequenceEqual("seq"u8))
                sequence = PsmcEvent.Number(members.Value);
            else if (key.SequenceEqual("sig"u8))
                signature = Bytes(PsmcEvent.Text(members.Value));
        }
        return new PsmcChainLine(isCanonical, hash, previousHash, sequence, keyId, signature);
    }

    private static byte[]? Bytes(string? hex)
    {
        if (hex is null || hex.Length != 128 || hex.AsSpan().ContainsAnyExcept(LowerHex))
            return null;
        return Convert.FromHexString(hex);
    }
}
