using System.Security.Cryptography;
using System.Text;
using Granary.Gateway.Protocol.Messages;
using Granary.Vault.Keys;
using Granary.Vault.OutsideFiles;

namespace Granary.Gateway.Protocol.Calls;

/// <summary>
/// Seals what clients carry for us: session ids and request states. All gateways of one endpoint share the ring, by configuration or through Redis.
/// </summary>
internal sealed class TokenSeal(KeyRing? ring) : IDisposable
{
    private const int MaxBytes = 1024 * 1024;

    private volatile KeyRing? _ring = ring;

    private KeyRing Ring => _ring ?? throw new RpcException(RpcErrors.Internal, "The gateway is starting; try again in a moment.", 503);

    /// <summary>Gives a seal that was made without a ring its ring.</summary>
    public void Fill(KeyRing ring) => _ring = ring;

    /// <exception cref="InvalidDataException">A key is not 32 bytes of Base64; the message never shows it.</exception>
    public static TokenSeal Parse(string text)
    {
        try
        {
            return new TokenSeal(KeyRing.Parse(text, "session key"));
        }
        catch (FormatException failure)
        {
            throw new InvalidDataException(failure.Message, failure);
        }
    }

    /// <summary>Reads the ring kept in a file, and makes the file with a fresh key where it is missing, readable by its owner only.</summary>
    public static TokenSeal LoadOrCreate(string path)
    {
        if (!Path.Exists(path))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            try
            {
                using var file = new StreamWriter(path, options);
                file.WriteLine(Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyRing.KeyLength)));
            }
            catch (IOException) when (File.Exists(path))
            {
                // Another gateway on this folder made it first: its key is as good.
            }
        }
        try
        {
            return Parse(Encoding.UTF8.GetString(OwnFile.Read(path, MaxBytes)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"The file of session keys '{path}' cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Seals bytes for one purpose; what was sealed for another does not open.</summary>
    public byte[] Seal(ReadOnlySpan<byte> plain, ReadOnlySpan<byte> purpose) => Ring.Seal(plain, purpose);

    /// <summary>Opens what <see cref="Seal"/> made; null when it was made with another ring, for another purpose, or changed.</summary>
    public byte[]? Open(ReadOnlySpan<byte> sealedBytes, ReadOnlySpan<byte> purpose) => Ring.Open(sealedBytes, purpose);

    public void Dispose() => _ring?.Dispose();
}
