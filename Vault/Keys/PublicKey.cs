using System.Diagnostics.CodeAnalysis;
using Granary.Vault.Canonical;
using NSec.Cryptography;
using NSecKey = NSec.Cryptography.PublicKey;

namespace Granary.Vault.Keys;

/// <summary>
/// An Ed25519 public key: the canonical encoding of a point of the curve's main group. Points of small order, for which one signature holds for many
/// messages, and second spellings of a point are refused. Verifying is safe from several threads at once.
/// </summary>
public sealed class PublicKey
{
    /// <summary>Bytes of the raw key.</summary>
    public const int Length = 32;

    private const string Refusal =
        "The Ed25519 public key is weak or malformed: it is a point of small order or no canonical encoding of a point, and no private key makes it.";

    private readonly byte[] _raw;
    private readonly NSecKey _key;

    private PublicKey(ReadOnlySpan<byte> raw, NSecKey key)
    {
        _raw = raw.ToArray();
        _key = key;
        KeyId = Keys.KeyId.Of(raw);
    }

    /// <summary>The 32 raw bytes.</summary>
    public ReadOnlySpan<byte> Raw => _raw;

    /// <summary>The key's id, <c>bp1_…</c>.</summary>
    public string KeyId { get; }

    /// <summary>The key of 32 raw bytes.</summary>
    /// <exception cref="ArgumentException">There are not 32 of them.</exception>
    /// <exception cref="FormatException">They are no key that somebody can hold the private half of.</exception>
    public static PublicKey FromRaw(ReadOnlySpan<byte> raw) =>
        raw.Length != Length
            ? throw new ArgumentException($"An Ed25519 public key has {Length} bytes; this one has {raw.Length}.", nameof(raw))
            : TryFromRaw(raw, out var key) ? key : throw new FormatException(Refusal);

    /// <summary>The key of 32 raw bytes, where they are one.</summary>
    public static bool TryFromRaw(ReadOnlySpan<byte> raw, [NotNullWhen(true)] out PublicKey? key)
    {
        // NSec's import comes first: it is what loads and starts libsodium.
        key = raw.Length == Length && NSecKey.TryImport(SignatureAlgorithm.Ed25519, raw, KeyBlobFormat.RawPublicKey, out var imported)
            && imported is not null && CurvePoint.IsSound(raw)
            ? new PublicKey(raw, imported)
            : null;
        return key is not null;
    }

    /// <summary>True when <paramref name="signature"/> is this key's signature of <paramref name="message"/>.</summary>
    public bool Verify(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        signature.Length == SigningKey.SignatureLength && SignatureAlgorithm.Ed25519.Verify(_key, message, signature);

    /// <summary>The same of a signature in Base64, which has one spelling only.</summary>
    public bool VerifyBase64(ReadOnlySpan<byte> message, ReadOnlySpan<char> signature)
    {
        Span<byte> raw = stackalloc byte[SigningKey.SignatureLength];
        return StrictBase64.TryDecode(signature, raw) && Verify(message, raw);
    }

    /// <summary>The public half of a private key, which needs no check.</summary>
    internal static PublicKey Of(Key key) => new(key.PublicKey.Export(KeyBlobFormat.RawPublicKey), key.PublicKey);
}
