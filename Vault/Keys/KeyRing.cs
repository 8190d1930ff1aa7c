using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Granary.Vault.Keys;

/// <summary>
/// A ring of AES-256-GCM keys: the first seals, every key opens, so keys rotate by putting a new one in front. It stands between a store and the
/// private keys in it (<see cref="Wrap"/>), and seals what clients carry for a server (<see cref="Seal"/>). Safe from several threads at once.
/// </summary>
/// <remarks>
/// Wrapped form: version (1 byte), the key's id (4), nonce (12), ciphertext, tag (16); version, id and purpose are authenticated.
/// Sealed form, short because it travels with every request: the first byte of the key's id, nonce, ciphertext, tag; the purpose is authenticated.
/// </remarks>
public sealed class KeyRing : IDisposable
{
    /// <summary>Bytes of a key.</summary>
    public const int KeyLength = 32;

    /// <summary>By how many bytes the wrapped form is longer than what it holds.</summary>
    public const int Overhead = HeaderLength + NonceLength + TagLength;

    private const byte Version = 1;
    private const int HeaderLength = 5;
    private const int SealHeaderLength = 1;
    private const int NonceLength = 12;
    private const int TagLength = 16;

    private readonly Entry[] _keys;

    /// <summary>Takes the keys over and clears them in the caller's arrays.</summary>
    /// <exception cref="ArgumentException">There are none, more than 255, or one is not of <see cref="KeyLength"/> bytes.</exception>
    public KeyRing(IReadOnlyList<byte[]> keys)
    {
        if (keys.Count is 0 or > 255)
            throw new ArgumentException("A key ring has 1 to 255 keys.", nameof(keys));
        if (keys.Any(key => key.Length != KeyLength))
            throw new ArgumentException($"Every key of a ring is {KeyLength} bytes.", nameof(keys));
        _keys = [.. keys.Select(Entry.Take)];
    }

    /// <summary>How many keys open.</summary>
    public int Count => _keys.Length;

    /// <summary>A ring of one fresh key.</summary>
    public static KeyRing CreateFresh() => new([RandomNumberGenerator.GetBytes(KeyLength)]);

    /// <summary>Reads a ring: one key of 32 bytes in Base64 per line or comma; blank lines and lines that start with <c>#</c> are ignored.</summary>
    /// <param name="text">The keys.</param>
    /// <param name="what">What to call a key in a message.</param>
    /// <exception cref="FormatException">There is no key, or one is not 32 bytes of Base64; the message never shows it.</exception>
    public static KeyRing Parse(string text, string what = "key-encryption key")
    {
        var keys = new List<byte[]>();
        foreach (var line in text.Split(['\n', ','], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (line[0] == '#')
                continue;
            var key = new byte[KeyLength];
            if (!Convert.TryFromBase64String(line, key, out var length) || length != KeyLength)
                throw new FormatException(
                    $"{char.ToUpperInvariant(what[0])}{what[1..]} {keys.Count + 1} is not {KeyLength} bytes in Base64. Make one with: openssl rand -base64 {KeyLength}");
            keys.Add(key);
        }
        return keys.Count switch
        {
            0 => throw new FormatException(
                $"There is no {what}: {KeyLength} bytes in Base64, one per line. Make one with: openssl rand -base64 {KeyLength}"),
            > 255 => throw new FormatException($"A ring has 1 to 255 keys; there are {keys.Count}."),
            _ => new KeyRing(keys),
        };
    }

    /// <summary>Wraps a secret for one purpose, for example <c>acme/notes/keys/active.pem</c>; it opens for no other.</summary>
    public byte[] Wrap(ReadOnlySpan<byte> secret, string purpose)
    {
        var wrapped = new byte[Overhead + secret.Length];
        wrapped[0] = Version;
        BinaryPrimitives.WriteUInt32BigEndian(wrapped.AsSpan(1), _keys[0].Id);
        _keys[0].Encrypt(secret, wrapped.AsSpan(HeaderLength), Associated(wrapped, purpose));
        return wrapped;
    }

    /// <summary>Opens what <see cref="Wrap"/> made for the same purpose. Clear the result after use.</summary>
    /// <exception cref="KeyRingException">It was wrapped with a key that this ring does not hold, was changed, or belongs somewhere else.</exception>
    public byte[] Unwrap(ReadOnlySpan<byte> wrapped, string purpose)
    {
        if (wrapped.Length < Overhead || wrapped[0] != Version)
            throw new KeyRingException("A wrapped key is not in a form that this version knows.", isUnknownKey: false);
        var id = BinaryPrimitives.ReadUInt32BigEndian(wrapped[1..]);
        var associated = Associated(wrapped, purpose);
        var known = false;
        foreach (var key in _keys)
        {
            if (key.Id != id)
                continue;
            known = true;
            if (key.TryDecrypt(wrapped[HeaderLength..], associated) is { } secret)
                return secret;
        }
        throw known
            ? new KeyRingException("A wrapped key does not open: it was changed, or it was wrapped for another vault.", isUnknownKey: false)
            : new KeyRingException(
                $"A key is wrapped with the key-encryption key {id:x8}, which is not among the {_keys.Length} configured here; add it to the ring.",
                isUnknownKey: true);
    }

    /// <summary>The same secret, wrapped by the ring's first key; null when it is already.</summary>
    /// <exception cref="KeyRingException">As for <see cref="Unwrap"/>.</exception>
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

    /// <summary>Seals bytes for one purpose in the short form; what was sealed for another does not open.</summary>
    public byte[] Seal(ReadOnlySpan<byte> plain, ReadOnlySpan<byte> purpose)
    {
        var result = new byte[SealHeaderLength + NonceLength + plain.Length + TagLength];
        result[0] = _keys[0].ShortId;
        _keys[0].Encrypt(plain, result.AsSpan(SealHeaderLength), purpose);
        return result;
    }

    /// <summary>Opens what <see cref="Seal"/> made; null when it was made with another ring, for another purpose, or changed.</summary>
    public byte[]? Open(ReadOnlySpan<byte> sealedBytes, ReadOnlySpan<byte> purpose)
    {
        if (sealedBytes.Length < SealHeaderLength + NonceLength + TagLength)
            return null;
        // Two keys may share the one-byte id: the next is tried.
        foreach (var key in _keys)
        {
            if (key.ShortId == sealedBytes[0] && key.TryDecrypt(sealedBytes[SealHeaderLength..], purpose) is { } plain)
                return plain;
        }
        return null;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var key in _keys)
            key.Dispose();
    }

    private static byte[] Associated(ReadOnlySpan<byte> wrapped, string purpose) => [.. wrapped[..HeaderLength], .. Encoding.UTF8.GetBytes(purpose)];

    private sealed class Entry(uint id, ThreadLocal<AesGcm> ciphers) : IDisposable
    {
        public uint Id => id;

        public byte ShortId => (byte)(id >> 24);

        public static Entry Take(byte[] key)
        {
            var own = key.ToArray();
            CryptographicOperations.ZeroMemory(key);
            // A cipher serves one thread at a time.
            return new Entry(
                BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(own)), new ThreadLocal<AesGcm>(() => new AesGcm(own, TagLength), trackAllValues: true));
        }

        /// <summary>Fills nonce, ciphertext and tag.</summary>
        public void Encrypt(ReadOnlySpan<byte> plain, Span<byte> target, ReadOnlySpan<byte> associated)
        {
            var nonce = target[..NonceLength];
            RandomNumberGenerator.Fill(nonce);
            var content = target[NonceLength..];
            ciphers.Value!.Encrypt(nonce, plain, content[..plain.Length], content[plain.Length..], associated);
        }

        /// <summary>Opens nonce, ciphertext and tag; null where they do not fit.</summary>
        public byte[]? TryDecrypt(ReadOnlySpan<byte> source, ReadOnlySpan<byte> associated)
        {
            var content = source[NonceLength..];
            var plain = new byte[content.Length - TagLength];
            try
            {
                ciphers.Value!.Decrypt(source[..NonceLength], content[..plain.Length], content[plain.Length..], plain, associated);
                return plain;
            }
            catch (AuthenticationTagMismatchException)
            {
                return null;
            }
        }

        public void Dispose()
        {
            foreach (var cipher in ciphers.Values)
                cipher.Dispose();
            ciphers.Dispose();
        }
    }
}

/// <summary>A wrapped secret does not open.</summary>
/// <param name="message">One sentence that says why.</param>
/// <param name="isUnknownKey">See <see cref="IsUnknownKey"/>.</param>
public sealed class KeyRingException(string message, bool isUnknownKey) : Exception(message)
{
    /// <summary>True when the ring lacks the key; false when what is wrapped was changed or belongs elsewhere.</summary>
    public bool IsUnknownKey { get; } = isUnknownKey;
}
