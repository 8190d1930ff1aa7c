using System.Security.Cryptography;
using System.Text;
using Granary.Vault.Canonical;
using Granary.Vault.Keys;

namespace Granary.Vault.Psmc.Events;

/// <summary>
/// Where an event that was taken over from another vault comes from: its hash, place, predecessor and signature there. With the event's own content
/// they give back the line it was, so the other vault's key still proves it.
/// </summary>
internal static class PsmcOrigin
{
    /// <summary>The member <c>origin</c> of an event taken over: what the other vault's chain line says, and the event's own origin where it had one.</summary>
    public static byte[] Write(ReadOnlySpan<byte> foreign, ReadOnlySpan<byte> chain)
    {
        using var output = new PooledBuffer(512);
        output.Write("{\"hash\":"u8);
        output.Write(Member(chain, "hash"u8));
        output.Write(",\"key_fp\":"u8);
        output.Write(Member(chain, "key_fp"u8));
        if (CanonicalObject.TryGet(foreign, "origin"u8, out var earlier))
        {
            output.Write(",\"origin\":"u8);
            output.Write(earlier);
        }
        output.Write(",\"prev_hash\":"u8);
        output.Write(Member(chain, "prev_hash"u8));
        output.Write(",\"seq\":"u8);
        output.Write(Member(chain, "seq"u8));
        output.Write(",\"sig\":"u8);
        output.Write(Member(chain, "sig"u8));
        output.Write((byte)'}');
        return output.Written.ToArray();
    }

    /// <summary>Whether an event that was taken over is, but for its place, the one that <paramref name="key"/> signed in the other vault.</summary>
    public static bool IsProven(ReadOnlySpan<byte> line, PublicKey key)
    {
        if (!CanonicalObject.TryGet(line, "origin"u8, out var origin) || origin[0] != '{')
            return false;
        var hash = PsmcEvent.Text(Member(origin, "hash"u8));
        if (hash is not { Length: 64 } || hash != OriginalHash(line, origin) || PsmcEvent.Text(Member(origin, "key_fp"u8)) != key.KeyId)
            return false;
        var signature = new byte[SigningKey.SignatureLength];
        return PsmcEvent.Text(Member(origin, "sig"u8)) is { Length: 128 } hex
            && Convert.FromHexString(hex, signature, out _, out _) == System.Buffers.OperationStatus.Done
            && key.Verify(Encoding.ASCII.GetBytes(hash), signature);
    }

    private static string OriginalHash(ReadOnlySpan<byte> line, ReadOnlySpan<byte> origin)
    {
        using var original = new PooledBuffer(line.Length);
        var members = new CanonicalObject(line);
        while (members.MoveNext())
        {
            var value = members.Value;
            if (members.Key.SequenceEqual("hash"u8))
                continue;
            if (members.Key.SequenceEqual("origin"u8) || members.Key.SequenceEqual("prev_hash"u8) || members.Key.SequenceEqual("seq"u8))
            {
                if (!CanonicalObject.TryGet(origin, members.Key, out value))
                    continue;
            }
            original.Write(original.Length == 0 ? (byte)'{' : (byte)',');
            original.Write((byte)'"');
            original.Write(members.Key);
            original.Write("\":"u8);
            original.Write(value);
        }
        original.Write((byte)'}');
        return Convert.ToHexStringLower(SHA256.HashData(original.Written));
    }

    private static ReadOnlySpan<byte> Member(ReadOnlySpan<byte> canonical, ReadOnlySpan<byte> key) =>
        CanonicalObject.TryGet(canonical, key, out var value) ? value : "null"u8;
}
