using System.Security.Cryptography;
using System.Text;

namespace Granary.Vault.Keys;

/// <summary>Keys in PEM: PKCS#8 for private, SPKI for public ones, with LF and a final LF, as the reference writes them.</summary>
public static class KeyPem
{
    // The DER before the raw bytes is the same for every Ed25519 key (RFC 8410).
    private static readonly byte[] PrivatePrefix = Convert.FromHexString("302e020100300506032b657004220420");
    private static readonly byte[] PublicPrefix = Convert.FromHexString("302a300506032b6570032100");

    /// <summary>The private key's file, unencrypted.</summary>
    public static byte[] WritePrivate(SigningKey key)
    {
        var seed = key.ExportSeed();
        try
        {
            return Write("PRIVATE KEY", PrivatePrefix, seed);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(seed);
        }
    }

    /// <summary>The public key's file.</summary>
    public static byte[] WritePublic(PublicKey key) => Write("PUBLIC KEY", PublicPrefix, key.Raw);

    /// <summary>Reads a private key's file.</summary>
    /// <exception cref="FormatException">It is no unencrypted Ed25519 key; the message says so and shows nothing of it.</exception>
    public static SigningKey ReadPrivate(ReadOnlySpan<byte> pem)
    {
        var der = Read(pem, "PRIVATE KEY", PrivatePrefix);
        try
        {
            return SigningKey.FromSeed(der.AsSpan(PrivatePrefix.Length));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(der);
        }
    }

    /// <summary>Reads a public key's file.</summary>
    /// <exception cref="FormatException">It is no Ed25519 key.</exception>
    public static PublicKey ReadPublic(ReadOnlySpan<byte> pem) =>
        PublicKey.FromRaw(Read(pem, "PUBLIC KEY", PublicPrefix).AsSpan(PublicPrefix.Length));

    private static byte[] Write(string label, byte[] prefix, ReadOnlySpan<byte> raw)
    {
        Span<byte> der = stackalloc byte[prefix.Length + raw.Length];
        prefix.CopyTo(der);
        raw.CopyTo(der[prefix.Length..]);
        var text = Encoding.ASCII.GetBytes($"-----BEGIN {label}-----\n{Convert.ToBase64String(der)}\n-----END {label}-----\n");
        CryptographicOperations.ZeroMemory(der);
        return text;
    }

    private static byte[] Read(ReadOnlySpan<byte> pem, string label, byte[] prefix)
    {
        var text = Encoding.ASCII.GetString(pem);
        if (!PemEncoding.TryFind(text, out var fields) || !text.AsSpan()[fields.Label].SequenceEqual(label))
            throw new FormatException($"The key file holds no PEM block named {label}.");
        var der = Convert.FromBase64String(text[fields.Base64Data]);
        if (der.Length != prefix.Length + SigningKey.SeedLength || !der.AsSpan().StartsWith(prefix))
            throw new FormatException($"The key file's {label} is not a plain Ed25519 key.");
        return der;
    }
}
