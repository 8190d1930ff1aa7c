using System.Security.Cryptography;

namespace Granary.Vault.Canonical;

/// <summary>SHA-256 of texts as small as an event or a tree's node.</summary>
internal static class Sha256
{
    public const int Size = SHA256.HashSizeInBytes;

    // One per thread, used again: SHA256.HashData makes one for each call, which takes as long as hashing such a text.
    [ThreadStatic]
    private static IncrementalHash? hasher;

    /// <summary>Writes the hash of <paramref name="text"/> to the first 32 bytes of <paramref name="output"/>.</summary>
    public static void Hash(ReadOnlySpan<byte> text, Span<byte> output)
    {
        var own = hasher ??= IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        own.AppendData(text);
        own.GetHashAndReset(output);
    }

    /// <summary>The hash of <paramref name="text"/> in 64 lower-case hex digits.</summary>
    public static string Hex(ReadOnlySpan<byte> text)
    {
        Span<byte> hash = stackalloc byte[Size];
        Hash(text, hash);
        return Convert.ToHexStringLower(hash);
    }
}
