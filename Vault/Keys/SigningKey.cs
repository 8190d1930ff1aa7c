using NSec.Cryptography;

namespace Granary.Vault.Keys;

/// <summary>
/// An Ed25519 private key (RFC 8032, pure), in memory that libsodium guards and clears. Signing is deterministic and safe from several threads at once.
/// </summary>
public sealed class SigningKey : IDisposable
{
    /// <summary>Bytes of the seed a key is made from.</summary>
    public const int SeedLength = 32;

    /// <summary>Bytes of a signature.</summary>
    public const int SignatureLength = 64;

    private static KeyCreationParameters Exportable => new() { ExportPolicy = KeyExportPolicies.AllowPlaintextExport };

    private readonly Key _key;

    private SigningKey(Key key)
    {
        _key = key;
        PublicKey = PublicKey.Of(key);
    }

    /// <summary>The public half.</summary>
    public PublicKey PublicKey { get; }

    /// <summary>The key of a 32-byte seed.</summary>
    public static SigningKey FromSeed(ReadOnlySpan<byte> seed) => seed.Length == SeedLength
        ? new SigningKey(Key.Import(SignatureAlgorithm.Ed25519, seed, KeyBlobFormat.RawPrivateKey, Exportable))
        : throw new ArgumentException($"An Ed25519 seed has {SeedLength} bytes; this one has {seed.Length}.", nameof(seed));

    /// <summary>A fresh key from the system's randomness.</summary>
    public static SigningKey Generate() => new(Key.Create(SignatureAlgorithm.Ed25519, Exportable));

    /// <summary>Signs <paramref name="message"/> into <paramref name="signature"/>, which holds exactly 64 bytes.</summary>
    public void Sign(ReadOnlySpan<byte> message, Span<byte> signature)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(signature.Length, SignatureLength);
        SignatureAlgorithm.Ed25519.Sign(_key, message, signature);
    }

    /// <summary>The seed; for the caller that stores the key. Clear it after use.</summary>
    public byte[] ExportSeed() => _key.Export(KeyBlobFormat.RawPrivateKey);

    /// <summary>The signature as documents spell it: Base64.</summary>
    public string SignToBase64(ReadOnlySpan<byte> message)
    {
        Span<byte> signature = stackalloc byte[SignatureLength];
        Sign(message, signature);
        return Convert.ToBase64String(signature);
    }

    /// <inheritdoc />
    public void Dispose() => _key.Dispose();
}
