using System.Security.Cryptography;
using Granary.Vault.Canonical;

namespace Granary.Vault.Keys;

/// <summary>An Ed25519 public key. Verifying is safe from several threads at once.</summary>
public sealed unsafe class PublicKey : IDisposable
{
    /// <summary>Bytes of the raw key.</summary>
    public const int Length = 32;

    private readonly byte[] _raw;
    private readonly KeyHandle _key;
    private readonly DigestPool _contexts = new();

    private PublicKey(ReadOnlySpan<byte> raw, KeyHandle key)
    {
        _raw = raw.ToArray();
        _key = key;
        KeyId = Keys.KeyId.Of(raw);
    }

    /// <summary>The 32 raw bytes.</summary>
    public ReadOnlySpan<byte> Raw => _raw;

    /// <summary>The key's id, <c>bp1_…</c>.</summary>
    public string KeyId { get; }

    /// <summary>The key of 32 raw bytes. Whether they are a point of the curve shows when something is verified.</summary>
    public static PublicKey FromRaw(ReadOnlySpan<byte> raw)
    {
        if (raw.Length != Length)
            throw new ArgumentException($"An Ed25519 public key has {Length} bytes; this one has {raw.Length}.", nameof(raw));
        fixed (byte* p = raw)
        {
            var key = LibCrypto.EVP_PKEY_new_raw_public_key(LibCrypto.Ed25519, 0, p, (nuint)raw.Length);
            return key.IsInvalid ? throw new CryptographicException("OpenSSL refused the Ed25519 public key.") : new PublicKey(raw, key);
        }
    }

    /// <summary>True when <paramref name="signature"/> is this key's signature of <paramref name="message"/>.</summary>
    public bool Verify(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (signature.Length != SigningKey.SignatureLength)
            return false;
        var context = _contexts.Rent();
        var valid = false;
        fixed (byte* data = message, proof = signature)
        {
            // A used context may refuse for a reason that is not the signature's; only a fresh one's no is believed.
            valid = (context.Prepared && TryVerify(context, data, message.Length, proof))
                || (Prepare(context) && TryVerify(context, data, message.Length, proof));
        }
        _contexts.Return(context);
        return valid;
    }

    /// <summary>The same of a signature in Base64, which has one spelling only.</summary>
    public bool VerifyBase64(ReadOnlySpan<byte> message, ReadOnlySpan<char> signature)
    {
        Span<byte> raw = stackalloc byte[SigningKey.SignatureLength];
        return StrictBase64.TryDecode(signature, raw) && Verify(message, raw);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _contexts.Dispose();
        _key.Dispose();
    }

    private static bool TryVerify(DigestHandle context, byte* data, int length, byte* proof)
    {
        if (LibCrypto.EVP_DigestVerify(context, proof, SigningKey.SignatureLength, data, (nuint)length) == 1)
            return true;
        LibCrypto.ERR_clear_error();
        return false;
    }

    private bool Prepare(DigestHandle context)
    {
        context.Prepared = LibCrypto.EVP_MD_CTX_reset(context) == 1 && LibCrypto.EVP_DigestVerifyInit(context, 0, 0, 0, _key) == 1;
        return context.Prepared ? true : throw new CryptographicException("OpenSSL did not prepare a verification.");
    }
}
