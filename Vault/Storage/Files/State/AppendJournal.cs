using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Granary.Vault.Canonical;
using Granary.Vault.Storage.FileSystem;

namespace Granary.Vault.Storage.Files.State;

/// <summary>What the journal says of one entry, durably, before the entry itself is written.</summary>
/// <param name="Position">Where the entry is to stand.</param>
/// <param name="Hash">Its hash; the record speaks of the entry at that position only if it has this hash.</param>
/// <param name="Claim">The idempotency key it takes.</param>
/// <param name="BridgeOffset">Where its bridge line is to start, or -1.</param>
/// <param name="Bridge">Its bridge line with line feed, or empty.</param>
internal sealed record JournalRecord(long Position, string Hash, IdempotencyClaim? Claim, long BridgeOffset, byte[] Bridge);

/// <summary>
/// Records of the gateway's own, kept outside the vault folder: idempotency keys, and bridge lines until they are known to be in
/// their file. A record is <c>length, checksum, body</c>; reading ends at the first one that is torn.
/// </summary>
internal sealed class AppendJournal(IFileSystem files, string path) : IDisposable
{
    private const int HeaderSize = 12;

    private IStorageFile? _file;
    private long _length;

    /// <summary>How many records the file holds.</summary>
    public int Count { get; private set; }

    public IReadOnlyList<JournalRecord> Read()
    {
        var records = new List<JournalRecord>();
        if (!files.FileExists(path))
            return records;
        _file = files.Open(path, create: false);
        var bytes = new byte[_file.Length];
        var filled = 0;
        while (filled < bytes.Length && _file.Read(bytes.AsSpan(filled), filled) is var read and > 0)
            filled += read;
        var rest = bytes.AsSpan(0, filled);
        while (rest.Length >= HeaderSize)
        {
            var size = BinaryPrimitives.ReadInt32LittleEndian(rest);
            if (size < 0 || size > rest.Length - HeaderSize)
                break;
            var body = rest.Slice(HeaderSize, size);
            if (!Checksum(body).AsSpan().SequenceEqual(rest.Slice(4, 8)))
                break;
            records.Add(Decode(body.ToArray()));
            rest = rest[(HeaderSize + size)..];
        }
        _length = filled - rest.Length;
        Count = records.Count;
        return records;
    }

    /// <summary>Adds records, durably. On failure the journal is as it was, or its new tail is torn and will be ignored.</summary>
    public void Append(IReadOnlyList<JournalRecord> records) => AppendEncoded(Encode(records), records.Count, durable: true);

    /// <summary>Adds records that are encoded already.</summary>
    /// <param name="encoded">What <see cref="Encode(IReadOnlyList{JournalRecord})"/> made.</param>
    /// <param name="count">How many they are.</param>
    /// <param name="durable">False where something else makes them durable.</param>
    public void AppendEncoded(ReadOnlySpan<byte> encoded, int count, bool durable)
    {
        if (_file is null)
        {
            _file = files.Open(path, create: true, secret: true);
            files.FlushFolder(Path.GetDirectoryName(path)!);
        }
        _file.Write(encoded, _length);
        if (durable)
            _file.Flush();
        _length += encoded.Length;
        Count += count;
    }

    /// <summary>Makes what was added durable.</summary>
    public void Flush() => _file?.Flush();

    /// <summary>The records as they stand in the file.</summary>
    public static byte[] Encode(IReadOnlyList<JournalRecord> records)
    {
        using var buffer = new PooledBuffer();
        foreach (var record in records)
            Encode(record, buffer);
        return buffer.Written.ToArray();
    }

    /// <summary>Puts these records in the place of all others, in one step.</summary>
    public void Replace(IReadOnlyList<JournalRecord> records)
    {
        var next = path + ".next";
        files.DeleteFile(next);
        var replacement = new AppendJournal(files, next);
        replacement.Append(records);
        replacement.Dispose();
        _file?.Dispose();
        _file = null;
        files.ReplaceFile(next, path);
        files.FlushFolder(Path.GetDirectoryName(path)!);
        _file = files.Open(path, create: false);
        _length = replacement._length;
        Count = records.Count;
    }

    public void Dispose() => _file?.Dispose();

    private static byte[] Checksum(ReadOnlySpan<byte> body) => SHA256.HashData(body)[..8];

    private static void Encode(JournalRecord record, PooledBuffer output)
    {
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(record.Position);
            writer.Write(record.Hash);
            writer.Write(record.Claim?.Key ?? "");
            writer.Write(record.Claim?.Digest ?? "");
            writer.Write(record.Claim?.Receipt.Length ?? 0);
            writer.Write(record.Claim is null ? [] : record.Claim.Receipt.Span);
            writer.Write(record.BridgeOffset);
            writer.Write(record.Bridge.Length);
            writer.Write(record.Bridge);
        }
        var body = stream.GetBuffer().AsSpan(0, (int)stream.Length);
        BinaryPrimitives.WriteInt32LittleEndian(output.GetSpan(4), body.Length);
        output.Advance(4);
        output.Write(Checksum(body));
        output.Write(body);
    }

    private static JournalRecord Decode(byte[] body)
    {
        using var reader = new BinaryReader(new MemoryStream(body), Encoding.UTF8);
        var position = reader.ReadInt64();
        var hash = reader.ReadString();
        var key = reader.ReadString();
        var digest = reader.ReadString();
        var receipt = reader.ReadBytes(reader.ReadInt32());
        var bridgeOffset = reader.ReadInt64();
        var bridge = reader.ReadBytes(reader.ReadInt32());
        return new JournalRecord(position, hash, key.Length == 0 ? null : new IdempotencyClaim(key, digest, receipt), bridgeOffset, bridge);
    }
}
