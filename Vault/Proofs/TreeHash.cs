using System.Security.Cryptography;
using Granary.Vault.Canonical;

namespace Granary.Vault.Proofs;

/// <summary>The hashes of RFC 6962, section 2.1: leaves and nodes have different prefixes, so that neither passes for the other.</summary>
internal static class TreeHash
{
    public const int Size = SHA256.HashSizeInBytes;

    /// <summary>Leaves of our own logs are smaller; those of others can be any size.</summary>
    private const int MaxOnStack = 256;

    public static byte[] Empty() => SHA256.HashData([]);

    public static void Leaf(ReadOnlySpan<byte> data, Span<byte> output)
    {
        Span<byte> hashed = data.Length <= MaxOnStack ? stackalloc byte[1 + MaxOnStack] : new byte[1 + data.Length];
        hashed[0] = 0;
        data.CopyTo(hashed[1..]);
        Sha256.Hash(hashed[..(1 + data.Length)], output);
    }

    public static byte[] Node(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        var output = new byte[Size];
        Node(left, right, output);
        return output;
    }

    /// <summary>The output may be one of the inputs.</summary>
    public static void Node(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, Span<byte> output)
    {
        Span<byte> hashed = stackalloc byte[1 + (2 * Size)];
        hashed[0] = 1;
        left.CopyTo(hashed[1..]);
        right.CopyTo(hashed[(1 + Size)..]);
        Sha256.Hash(hashed, output);
    }
}
