using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Granary.Vault.Storage;

/// <summary>
/// The ring of key-encryption keys that stands between a store and the private keys in it (AES-256-GCM). The first key wraps, every key
/// unwraps, so keys rotate by putting a new one in front. Safe from several threads at once.
/// </summary>
/// <remarks>
/// Wrapped form: version (1 byte), the wrapping key's id (4), nonce (12), ciphertext, tag (16). The purpose is authenticated with it.
/// </remarks>
public sealed class KeyEncryption : IDisposable
{
    /// <summary>Bytes of a key-encryption key.</summary>
    public const int KeyLength = 32;

    /// <summary>By how many bytes the wrapped form is longer than what it holds.</summary>
    public const int Overhead = HeaderLength + NonceLength + TagLength;

    private const byte Version = 1;
    private const int HeaderLength = 5;
    private const int NonceLength = 12;
    private const int TagLength = 16;

    private readonly List<(uint Id, AesGcm Cipher)> _keys = [];
    private readonly Lock _lock = new();

    private KeyEncryption(IEnumerable<byte[]> keys)
    {
        foreach (var key in keys)
        {
            _keys.Add((BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(key)), new AesGcm(key, TagLength)));
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>How many keys unwrap.</summary>
    public int Count => _keys.Count;

    /// <summary>Reads a ring: one key of 32 bytes in Base64 per line or comma; blank lines and lines that start with <c>#</c> are ignored.</summary>
    /// <exception cref="FormatException">There is no key, or one is not 32 bytes of Base64; the message never shows it.</exception>
    public static KeyEncryption Parse(string text)
    {
        var keys = new List<byte[]>();
        foreach (var line in text.Split(['\n', ','], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (line[0] == '#')
                continue;
            var key = new byte[KeyLength];
            if (!Convert.TryFromBase64String(line, key, out var length) || length != KeyLength)
                throw new FormatException(
                    $"Key-encryption key {keys.Count + 1} is not {KeyLength} bytes in Base64. Make one with: openssl rand -base64 {KeyLength}");
            keys.Add(key);
        }
        return keys.Count > 0
            ? new KeyEncryption(keys)
            : throw new FormatException(
                $"There is no key-encryption key: {KeyLength} bytes in Base64, one per line. Make one with: openssl rand -base64 {KeyLength}");
    }

    /// <summary>Wraps a secret for one purpose, for example <c>acme/notes/keys/active.pem</c>; it opens for no other.</summary>
    public byte[] Wrap(ReadOnlySpan<byte> secret, string purpose)
    {
        var wrapped = new byte[Overhead + secret.Length];
        wrapped[0] = Version;
        BinaryPrimitives.WriteUInt32BigEndian(wrapped.AsSpan(1), _keys[0].Id);
        var nonce = wrapped.AsSpan(HeaderLength, NonceLength);
        RandomNumberGenerator.Fill(nonce);
        var content = wrapped.AsSpan(HeaderLength + NonceLength);
        lock (_lock)
            _keys[0].Cipher.Encrypt(nonce, secret, content[..secret.Length], content[secret.Length..], Associated(wrapped, purpose));
        return wrapped;
    }

    /// <summary>Opens what <see cref="Wrap"/> made for the same purpose. Clear the result after use.</summary>
    /// <exception cref="VaultStorageException">
    /// <see cref="VaultStorageFailure.Refused"/>: it was wrapped with a key that this ring does not hold.
    /// <see cref="VaultStorageFailure.Damaged"/>: it was changed, or belongs somewhere else.
    /// </exception>
    public byte[] Unwrap(ReadOnlySpan<byte> wrapped, string purpose)
    {
        if (wrapped.Length < Overhead || wrapped[0] != Version)
            throw new VaultStorageException(VaultStorageFailure.Damaged, "A wrapped key is not in a form that this version knows.");
        var id = BinaryPrimitives.ReadUInt32BigEndian(wrapped[1..]);
        var secret = new byte[wrapped.Length - Overhead];
        var known = false;
        foreach (var key in _keys)
        {
            if (key.Id != id)
                continue;
            known = true;
            if (TryOpen(key.Cipher, wrapped, purpose, secret))
                return secret;
        }
        throw known
            ? new VaultStorageException(VaultStorageFailure.Damaged, "A wrapped key does not open: it was changed, or it was wrapped for another vault.")
            : new VaultStorageException(
                VaultStorageFailure.Refused,
                $"A key is wrapped with the key-encryption key {id:x8}, which is not among the {_keys.Count} configured here; add it to the ring.");
    }

    /// <summary>The same secret, wrapped by the ring's first key; null when it is already.</summary>
    /// <exception cref="VaultStorageException">As for <see cref="Unwrap"/>.</exception>
    public byte[]? Rewrap(ReadOnlySpan<byte> wrapped, string purpose)
    {
        var secret = Unwrap(wrapped, purpose);
        try
        {
            return BinaryPrimitives.ReadUInt32BigEndian(wrapped[1..]) == _keys[0].Id ? null : Wrap(secret, purpose);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var key in _keys)
            key.Cipher.Dispose();
    }

    private bool TryOpen(AesGcm cipher, ReadOnlySpan<byte> wrapped, string purpose, byte[] secret)
    {
        var content = wrapped[(HeaderLength + NonceLength)..];
        try
        {
            lock (_lock)
                cipher.Decrypt(
                    wrapped.Slice(HeaderLength, NonceLength), content[..secret.Length], content[secret.Length..], secret, Associated(wrapped, purpose));
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }

    private static byte[] Associated(ReadOnlySpan<byte> wrapped, string purpose) => [.. wrapped[..HeaderLength], .. Encoding.UTF8.GetBytes(purpose)];
}
