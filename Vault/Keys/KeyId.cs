using System.Security.Cryptography;

namespace Granary.Vault.Keys;

/// <summary>Ids of public keys: <c>bp1_</c> and the first 16 hex digits of the SHA-256 of the raw key.</summary>
public static class KeyId
{
    /// <summary>The id of a raw public key.</summary>
    public static string Of(ReadOnlySpan<byte> raw)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(raw, hash);
        return "bp1_" + Convert.ToHexStringLower(hash[..8]);
    }
}
