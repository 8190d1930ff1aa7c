using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;
using Granary.Vault.Storage.FileSystem;

namespace Granary.Vault.Storage.Files.State;

/// <summary>The acknowledged end of a vault: its head, and how long its bridge file is.</summary>
internal sealed record AcknowledgedEnd(LogHead Head, long BridgeLength);

/// <summary>
/// The last acknowledged end, kept outside the vault folder: a log that is shorter, or has another hash there, was changed by
/// somebody else. It is written after the log is durable and not flushed, so after a power cut it may lag behind, never run ahead.
/// </summary>
internal sealed class HeadAnchor : IDisposable
{
    private const int Size = 128;
    private const int TextSize = 105;
    private const int CheckSize = 16;

    private readonly IStorageFile _file;

    private HeadAnchor(IStorageFile file) => _file = file;

    /// <summary>Opens the anchor and reads it; <paramref name="end"/> is null where there is none that can be read.</summary>
    public static HeadAnchor Open(IFileSystem files, string path, out AcknowledgedEnd? end)
    {
        var anchor = new HeadAnchor(files.Open(path, create: true));
        Span<byte> record = stackalloc byte[Size];
        var read = anchor._file.Read(record, 0);
        end = Parse(record[..read]);
        return anchor;
    }

    public void Write(AcknowledgedEnd end)
    {
        Span<byte> record = stackalloc byte[Size];
        Format(end, record);
        _file.Write(record, 0);
    }

    public void Flush() => _file.Flush();

    public void Dispose() => _file.Dispose();

    private static void Format(AcknowledgedEnd end, Span<byte> record)
    {
        record.Fill((byte)' ');
        Utf8.TryWrite(record, CultureInfo.InvariantCulture, $"{end.Head.Count:D20} {end.Head.Hash} {end.BridgeLength:D18} ", out _);
        Check(record[..TextSize], record.Slice(TextSize, CheckSize));
        record[^1] = (byte)'\n';
    }

    private static AcknowledgedEnd? Parse(ReadOnlySpan<byte> record)
    {
        if (record.Length != Size)
            return null;
        Span<byte> check = stackalloc byte[CheckSize];
        Check(record[..TextSize], check);
        if (!record.Slice(TextSize, CheckSize).SequenceEqual(check))
            return null;
        var text = Encoding.ASCII.GetString(record[..TextSize]);
        return long.TryParse(text.AsSpan(0, 20), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && long.TryParse(text.AsSpan(86, 18), NumberStyles.None, CultureInfo.InvariantCulture, out var bridge)
            ? new AcknowledgedEnd(new LogHead(count, text[21..85]), bridge)
            : null;
    }

    private static void Check(ReadOnlySpan<byte> text, Span<byte> digits)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text, digest);
        Convert.TryToHexStringLower(digest[..(CheckSize / 2)], digits, out _);
    }
}
