using System.Security.Cryptography;
using Granary.Gateway.Protocol.Messages;

namespace Granary.Gateway.Protocol.Calls;

/// <summary>
/// The keys that seal what clients carry for us: session ids and request states. All gateways of one endpoint share the ring by
/// configuration; the first key seals, every key opens, so keys rotate by putting a new one in front.
/// </summary>
internal sealed class KeyRing : IDisposable
{
    private const int KeyBytes = 32;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    private volatile Entry[]? _keys;

    /// <param name="keys">At least one key of 32 bytes; at most 255.</param>
    public KeyRing(IReadOnlyList<byte[]> keys) => Fill(keys);

    private KeyRing()
    {
    }

    private Entry[] Keys => _keys ?? throw new RpcException(RpcErrors.Internal, "The gateway is starting; try again in a moment.", 503);

    /// <summary>A ring whose keys are not here yet; see <see cref="Fill"/>.</summary>
    public static KeyRing Awaited() => new();

    /// <summary>Gives the ring its keys.</summary>
    public void Fill(IReadOnlyList<byte[]> keys)
    {
        if (keys.Count is 0 or > 255)
            throw new InvalidDataException("A key ring has 1 to 255 keys.");
        if (keys.Any(k => k.Length != KeyBytes))
            throw new InvalidDataException($"Every key of the ring is {KeyBytes} bytes, in Base64.");
        _keys = [.. keys.Select(k => new Entry(SHA256.HashData(k)[0], new ThreadLocal<AesGcm>(() => new AesGcm(k, TagBytes), trackAllValues: true)))];
    }

    /// <summary>A ring of one fresh key.</summary>
    public static KeyRing CreateFresh() => new([RandomNumberGenerator.GetBytes(KeyBytes)]);

    /// <summary>Reads a ring: one Base64 key per line or comma, blank lines and lines that start with <c>#</c> ignored.</summary>
    /// <exception cref="InvalidDataException">A key is not 32 bytes of Base64; the message never shows it.</exception>
    public static KeyRing Parse(string text)
    {
        var keys = new List<byte[]>();
        foreach (var line in text.Split(['\n', ','], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (line[0] == '#')
                continue;
            var key = new byte[KeyBytes];
            if (!Convert.TryFromBase64String(line, key, out var length) || length != KeyBytes)
                throw new InvalidDataException($"Session key {keys.Count + 1} is not {KeyBytes} bytes in Base64. Make one with: openssl rand -base64 32");
            keys.Add(key);
        }
        return new KeyRing(keys);
    }

    /// <summary>Reads the ring kept in a file, and makes the file with a fresh key where it is missing, readable by its owner only.</summary>
    public static KeyRing LoadOrCreate(string path)
    {
        if (!File.Exists(path))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            try
            {
                using var file = new StreamWriter(path, options);
                file.WriteLine(Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes)));
            }
            catch (IOException) when (File.Exists(path))
            {
                // Another gateway on this folder made it first: its key is as good.
            }
        }
        return Parse(File.ReadAllText(path));
    }

    /// <summary>Seals bytes for one purpose; what was sealed for another does not open.</summary>
    public byte[] Seal(ReadOnlySpan<byte> plain, ReadOnlySpan<byte> purpose)
    {
        var result = new byte[1 + NonceBytes + plain.Length + TagBytes];
        var first = Keys[0];
        result[0] = first.Id;
        var nonce = result.AsSpan(1, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        first.Cipher.Value!.Encrypt(
            nonce, plain, result.AsSpan(1 + NonceBytes, plain.Length), result.AsSpan(1 + NonceBytes + plain.Length, TagBytes), purpose);
        return result;
    }

    /// <summary>Opens what <see cref="Seal"/> made; null when it was made with another ring, for another purpose, or changed.</summary>
    public byte[]? Open(ReadOnlySpan<byte> sealedBytes, ReadOnlySpan<byte> purpose)
    {
        var length = sealedBytes.Length - 1 - NonceBytes - TagBytes;
        if (length < 0)
            return null;
        foreach (var key in Keys)
        {
            if (key.Id != sealedBytes[0])
                continue;
            var plain = new byte[length];
            try
            {
                key.Cipher.Value!.Decrypt(
                    sealedBytes.Slice(1, NonceBytes), sealedBytes.Slice(1 + NonceBytes, length), sealedBytes[(1 + NonceBytes + length)..], plain, purpose);
                return plain;
            }
            catch (AuthenticationTagMismatchException)
            {
                // Two keys may share the one-byte id: try the next.
            }
        }
        return null;
    }

    public void Dispose()
    {
        foreach (var key in _keys ?? [])
        {
            foreach (var cipher in key.Cipher.Values)
                cipher.Dispose();
            key.Cipher.Dispose();
        }
    }

    private sealed record Entry(byte Id, ThreadLocal<AesGcm> Cipher);
}
