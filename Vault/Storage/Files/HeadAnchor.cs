using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Granary.Vault.Storage.Files;

/// <summary>
/// The last acknowledged head, kept outside the vault folder: a log that is shorter, or has another hash there, was changed by
/// somebody else. It is written after the log is durable and not flushed, so after a power cut it may lag behind, never run ahead.
/// </summary>
internal sealed class HeadAnchor : IDisposable
{
    private const int Size = 128;

    private readonly IStorageFile _file;

    private HeadAnchor(IStorageFile file) => _file = file;

    /// <summary>Opens the anchor and reads it; <paramref name="head"/> is null where there is none that can be read.</summary>
    public static HeadAnchor Open(IFileSystem files, string path, out LogHead? head)
    {
        var anchor = new HeadAnchor(files.Open(path, create: true));
        Span<byte> record = stackalloc byte[Size];
        var read = anchor._file.Read(record, 0);
        head = Parse(record[..read]);
        return anchor;
    }

    public void Write(LogHead head) => _file.Write(Format(head), 0);

    public void Dispose() => _file.Dispose();

    private static byte[] Format(LogHead head)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{head.Count:D20} {head.Hash} ");
        return Encoding.ASCII.GetBytes((text + Check(text)).PadRight(Size - 1) + "\n");
    }

    private static LogHead? Parse(ReadOnlySpan<byte> record)
    {
        if (record.Length != Size)
            return null;
        var text = Encoding.ASCII.GetString(record[..86]);
        if (Check(text) != Encoding.ASCII.GetString(record.Slice(86, 16)))
            return null;
        return Utf8Parser.TryParse(record[..20], out long count, out _) ? new LogHead(count, text[21..85]) : null;
    }

    private static string Check(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(text)).AsSpan(0, 8));
}
