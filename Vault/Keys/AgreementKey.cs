using System.Security.Cryptography;

namespace Granary.Vault.Keys;

/// <summary>An X25519 private key (RFC 7748): two of them agree on a secret through their public halves. Not a signing key, and never made from one.</summary>
public sealed unsafe class AgreementKey : IDisposable
{
    /// <summary>Bytes of a private key, of a public key and of an agreed secret.</summary>
    public const int Length = 32;

    private readonly KeyHandle _key;

    private AgreementKey(KeyHandle key)
    {
        _key = key;
        var raw = new byte[Length];
        nuint length = Length;
        fixed (byte* p = raw)
        {
            if (LibCrypto.EVP_PKEY_get_raw_public_key(key, p, ref length) != 1)
                throw new CryptographicException("OpenSSL gave no public key.");
        }
        PublicKey = raw;
    }

    /// <summary>The public half, raw.</summary>
    public ReadOnlyMemory<byte> PublicKey { get; }

    /// <summary>The key of 32 raw bytes.</summary>
    public static AgreementKey FromRaw(ReadOnlySpan<byte> raw)
    {
        if (raw.Length != Length)
            throw new ArgumentException($"An X25519 private key has {Length} bytes; this one has {raw.Length}.", nameof(raw));
        fixed (byte* p = raw)
        {
            var key = LibCrypto.EVP_PKEY_new_raw_private_key(LibCrypto.X25519, 0, p, Length);
            return key.IsInvalid ? throw new CryptographicException("OpenSSL refused the X25519 key.") : new AgreementKey(key);
        }
    }

    /// <summary>A fresh key from the system's randomness.</summary>
    public static AgreementKey Generate()
    {
        Span<byte> raw = stackalloc byte[Length];
        RandomNumberGenerator.Fill(raw);
        try
        {
            return FromRaw(raw);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(raw);
        }
    }

    /// <summary>The secret this key and the peer's agree on. Derive a key from it, and clear it.</summary>
    /// <exception cref="CryptographicException">The peer's key is no key: with it, everybody would agree on the same secret.</exception>
    public byte[] Agree(ReadOnlySpan<byte> peer)
    {
        if (peer.Length != Length)
            throw new CryptographicException($"An X25519 public key has {Length} bytes; this one has {peer.Length}.");
        fixed (byte* p = peer)
        {
            using var other = LibCrypto.EVP_PKEY_new_raw_public_key(LibCrypto.X25519, 0, p, Length);
            var context = LibCrypto.EVP_PKEY_CTX_new(_key, 0);
            try
            {
                var secret = new byte[Length];
                nuint length = Length;
                fixed (byte* output = secret)
                {
                    if (!other.IsInvalid && LibCrypto.EVP_PKEY_derive_init(context) == 1 && LibCrypto.EVP_PKEY_derive_set_peer(context, other) == 1
                        && LibCrypto.EVP_PKEY_derive(context, output, ref length) == 1)
                        return secret;
                }
                LibCrypto.ERR_clear_error();
                throw new CryptographicException("The public key is no X25519 key.");
            }
            finally
            {
                LibCrypto.EVP_PKEY_CTX_free(context);
            }
        }
    }

    /// <summary>The raw private key; for whoever stores it. Clear it after use.</summary>
    public byte[] ExportRaw()
    {
        var raw = new byte[Length];
        nuint length = Length;
        fixed (byte* p = raw)
        {
            if (LibCrypto.EVP_PKEY_get_raw_private_key(_key, p, ref length) != 1)
                throw new CryptographicException("OpenSSL gave no private key.");
        }
        return raw;
    }

    /// <inheritdoc />
    public void Dispose() => _key.Dispose();
}
