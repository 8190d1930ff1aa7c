using System.Security.Cryptography;
using NSec.Cryptography;
using NSecKey = NSec.Cryptography.PublicKey;

namespace Granary.Vault.Keys;

/// <summary>An X25519 private key (RFC 7748): two of them agree on a secret through their public halves. Not a signing key, and never made from one.</summary>
public sealed class AgreementKey : IDisposable
{
    /// <summary>Bytes of a private key, of a public key and of an agreed secret.</summary>
    public const int Length = 32;

    private static KeyCreationParameters Exportable => new() { ExportPolicy = KeyExportPolicies.AllowPlaintextExport };
    private static SharedSecretCreationParameters Readable => new() { ExportPolicy = KeyExportPolicies.AllowPlaintextExport };

    private readonly Key _key;

    private AgreementKey(Key key)
    {
        _key = key;
        PublicKey = key.PublicKey.Export(KeyBlobFormat.RawPublicKey);
    }

    /// <summary>The public half, raw.</summary>
    public ReadOnlyMemory<byte> PublicKey { get; }

    /// <summary>The key of 32 raw bytes.</summary>
    public static AgreementKey FromRaw(ReadOnlySpan<byte> raw) => raw.Length == Length
        ? new AgreementKey(Key.Import(KeyAgreementAlgorithm.X25519, raw, KeyBlobFormat.RawPrivateKey, Exportable))
        : throw new ArgumentException($"An X25519 private key has {Length} bytes; this one has {raw.Length}.", nameof(raw));

    /// <summary>A fresh key from the system's randomness.</summary>
    public static AgreementKey Generate() => new(Key.Create(KeyAgreementAlgorithm.X25519, Exportable));

    /// <summary>The secret this key and the peer's agree on. Derive a key from it, and clear it.</summary>
    /// <exception cref="CryptographicException">The peer's key is no key: with it, everybody would agree on the same secret.</exception>
    public byte[] Agree(ReadOnlySpan<byte> peer)
    {
        if (peer.Length != Length)
            throw new CryptographicException($"An X25519 public key has {Length} bytes; this one has {peer.Length}.");
        using var secret = NSecKey.TryImport(KeyAgreementAlgorithm.X25519, peer, KeyBlobFormat.RawPublicKey, out var other) && other is not null
            ? KeyAgreementAlgorithm.X25519.Agree(_key, other, Readable)
            : null;
        return secret?.Export(SharedSecretBlobFormat.RawSharedSecret) ?? throw new CryptographicException("The public key is no X25519 key.");
    }

    /// <summary>The raw private key; for the caller that stores it. Clear it after use.</summary>
    public byte[] ExportRaw() => _key.Export(KeyBlobFormat.RawPrivateKey);

    /// <inheritdoc />
    public void Dispose() => _key.Dispose();
}
