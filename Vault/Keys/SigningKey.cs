using System.Security.Cryptography;

namespace Granary.Vault.Keys;

/// <summary>An Ed25519 private key (RFC 8032, pure). Signing is deterministic and safe from several threads at once.</summary>
public sealed unsafe class SigningKey : IDisposable
{
    /// <summary>Bytes of the seed a key is made from.</summary>
    public const int SeedLength = 32;

    /// <summary>Bytes of a signature.</summary>
    public const int SignatureLength = 64;

    private readonly KeyHandle _key;
    private readonly DigestPool _contexts = new();

    private SigningKey(KeyHandle key)
    {
        _key = key;
        var raw = stackalloc byte[PublicKey.Length];
        nuint length = PublicKey.Length;
        if (LibCrypto.EVP_PKEY_get_raw_public_key(key, raw, ref length) != 1)
            throw new CryptographicException("OpenSSL gave no public key.");
        PublicKey = PublicKey.FromRaw(new ReadOnlySpan<byte>(raw, PublicKey.Length));
    }

    /// <summary>The public half.</summary>
    public PublicKey PublicKey { get; }

    /// <summary>The key of a 32-byte seed.</summary>
    public static SigningKey FromSeed(ReadOnlySpan<byte> seed)
    {
        if (seed.Length != SeedLength)
            throw new ArgumentException($"An Ed25519 seed has {SeedLength} bytes; this one has {seed.Length}.", nameof(seed));
        fixed (byte* p = seed)
        {
            var key = LibCrypto.EVP_PKEY_new_raw_private_key(LibCrypto.Ed25519, 0, p, (nuint)seed.Length);
            return key.IsInvalid ? throw new CryptographicException("OpenSSL refused the Ed25519 seed.") : new SigningKey(key);
        }
    }

    /// <summary>A fresh key from the system's randomness.</summary>
    public static SigningKey Generate()
    {
        Span<byte> seed = stackalloc byte[SeedLength];
        RandomNumberGenerator.Fill(seed);
        try
        {
            return FromSeed(seed);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(seed);
        }
    }

    /// <summary>Signs <paramref name="message"/> into <paramref name="signature"/>, which holds exactly 64 bytes.</summary>
    public void Sign(ReadOnlySpan<byte> message, Span<byte> signature)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(signature.Length, SignatureLength);
        var context = _contexts.Rent();
        fixed (byte* data = message, output = signature)
        {
            // Newer OpenSSL refuses to use a finished context again without preparing it; older allows it and is faster for it.
            if (!(context.Prepared && TrySign(context, data, message.Length, output))
                && !(Prepare(context) && TrySign(context, data, message.Length, output)))
            {
                context.Dispose();
                throw new CryptographicException("OpenSSL did not sign.");
            }
        }
        _contexts.Return(context);
    }

    /// <summary>The seed; for whoever stores the key. Clear it after use.</summary>
    public byte[] ExportSeed()
    {
        var seed = new byte[SeedLength];
        nuint length = SeedLength;
        fixed (byte* p = seed)
        {
            if (LibCrypto.EVP_PKEY_get_raw_private_key(_key, p, ref length) != 1)
                throw new CryptographicException("OpenSSL gave no private key.");
        }
        return seed;
    }

    /// <summary>The signature as documents spell it: Base64.</summary>
    public string SignToBase64(ReadOnlySpan<byte> message)
    {
        Span<byte> signature = stackalloc byte[SignatureLength];
        Sign(message, signature);
        return Convert.ToBase64String(signature);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _contexts.Dispose();
        _key.Dispose();
    }

    private static bool TrySign(DigestHandle context, byte* data, int length, byte* output)
    {
        nuint written = SignatureLength;
        if (LibCrypto.EVP_DigestSign(context, output, ref written, data, (nuint)length) == 1)
            return true;
        LibCrypto.ERR_clear_error();
        return false;
    }

    private bool Prepare(DigestHandle context)
    {
        context.Prepared = LibCrypto.EVP_MD_CTX_reset(context) == 1 && LibCrypto.EVP_DigestSignInit(context, 0, 0, 0, _key) == 1;
        return context.Prepared;
    }
}
