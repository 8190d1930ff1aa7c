using System.Security.Cryptography;

namespace Granary.Vault.Keys;

/// <summary>
/// A public key of ECDSA on the curve P-256, as transparency logs and the signers of their entries have them. Signatures are of SHA-256, in DER. Safe for use by several
/// threads at once.
/// </summary>
public sealed class P256PublicKey
{
    private const string Label = "PUBLIC KEY";

    // The DER before the point's coordinates is the same for every such key (RFC 5480).
    private static readonly byte[] Prefix = Convert.FromHexString("3059301306072a8648ce3d020106082a8648ce3d03010703420004");

    private readonly byte[] _der;

    private P256PublicKey(byte[] der) => (_der, Id) = (der, Convert.ToHexStringLower(SHA256.HashData(der)));

    /// <summary>The SHA-256 of its DER bytes (SubjectPublicKeyInfo), 64 hex digits: the id of the log whose key it is.</summary>
    public string Id { get; }

    /// <summary>Reads the keys of a PEM file; what has another label is skipped.</summary>
    /// <exception cref="FormatException">A public key in it is no ECDSA key on P-256.</exception>
    public static IReadOnlyList<P256PublicKey> ReadPem(ReadOnlySpan<char> pem)
    {
        var keys = new List<P256PublicKey>();
        while (PemEncoding.TryFind(pem, out var found))
        {
            if (pem[found.Label] is Label)
                keys.Add(ReadDer(Convert.FromBase64String(pem[found.Base64Data].ToString())));
            pem = pem[found.Location.End..];
        }
        return keys;
    }

    /// <summary>Whether a signature is this key's of a SHA-256 hash.</summary>
    public bool VerifyHash(ReadOnlySpan<byte> sha256, ReadOnlySpan<byte> signature)
    {
        using var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(_der, out _);
        return key.VerifyHash(sha256, signature, DSASignatureFormat.Rfc3279DerSequence);
    }

    /// <summary>Whether a signature is this key's of a message.</summary>
    public bool Verify(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) => VerifyHash(SHA256.HashData(message), signature);

    private static P256PublicKey ReadDer(byte[] der)
    {
        try
        {
            if (der.Length != Prefix.Length + 64 || !der.AsSpan().StartsWith(Prefix))
                throw new FormatException("A public key in PEM is not one of ECDSA on the curve P-256.");
            using var key = ECDsa.Create();
            key.ImportSubjectPublicKeyInfo(der, out _);
            return new P256PublicKey(der);
        }
        catch (CryptographicException failure)
        {
            throw new FormatException("A public key in PEM is not a point of the curve P-256.", failure);
        }
    }
}
