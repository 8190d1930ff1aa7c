using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Granary.Vault.Storage.Files.State;

namespace Granary.Vault.Storage.Files.Commits;

/// <summary>Bytes that belong at one place of one of a vault's files.</summary>
internal readonly record struct CommitSection(CommitFile File, long Offset, ReadOnlyMemory<byte> Bytes);

/// <summary>The files a commit writes to.</summary>
internal enum CommitFile : byte
{
    Events,
    Chain,
    Bridge,
}

/// <summary>
/// One append as the commit log keeps it: which vault, and which bytes go where. Writing it again changes nothing.
/// </summary>
/// <param name="Folder">The vault's folder, relative to the root of all data.</param>
/// <param name="StateFolder">Its state folder, likewise.</param>
/// <param name="Birth">The vault's birth mark: a later vault of the same name is another vault.</param>
/// <param name="End">The vault's acknowledged end once this is durable.</param>
/// <param name="Sections">What goes where.</param>
/// <param name="Journal">Encoded records for the append journal; order does not matter there.</param>
internal sealed record CommitRecord(
    string Folder, string StateFolder, string Birth, AcknowledgedEnd End, IReadOnlyList<CommitSection> Sections, ReadOnlyMemory<byte> Journal)
{
    private const int HeaderSize = 12;

    /// <summary>Length, checksum, body.</summary>
    public byte[] Encode()
    {
        var size = HeaderSize + 192 + Folder.Length * 3 + StateFolder.Length * 3 + Journal.Length + Sections.Sum(s => s.Bytes.Length + 16);
        using var stream = new MemoryStream(size);
        stream.SetLength(HeaderSize);
        stream.Position = HeaderSize;
        using (var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(Folder);
            writer.Write(StateFolder);
            writer.Write(Birth);
            writer.Write(End.Head.Count);
            writer.Write(End.Head.Hash);
            writer.Write(End.BridgeLength);
            writer.Write((byte)Sections.Count);
            foreach (var section in Sections)
            {
                writer.Write((byte)section.File);
                writer.Write(section.Offset);
                writer.Write(section.Bytes.Length);
                writer.Write(section.Bytes.Span);
            }
            writer.Write(Journal.Length);
            writer.Write(Journal.Span);
        }
        var bytes = stream.ToArray();
        BinaryPrimitives.WriteInt32LittleEndian(bytes, bytes.Length - HeaderSize);
        SHA256.HashData(bytes.AsSpan(HeaderSize)).AsSpan(0, 8).CopyTo(bytes.AsSpan(4));
        return bytes;
    }

    /// <summary>The records of a segment, up to the first that is torn: what follows it was never acknowledged.</summary>
    public static IEnumerable<CommitRecord> DecodeAll(ReadOnlyMemory<byte> segment)
    {
        while (segment.Length > HeaderSize)
        {
            var size = BinaryPrimitives.ReadInt32LittleEndian(segment.Span);
            if (size <= 0 || size > segment.Length - HeaderSize)
                yield break;
            var body = segment.Slice(HeaderSize, size);
            if (!SHA256.HashData(body.Span).AsSpan(0, 8).SequenceEqual(segment.Span.Slice(4, 8)))
                yield break;
            yield return Decode(body.ToArray());
            segment = segment[(HeaderSize + size)..];
        }
    }

    private static CommitRecord Decode(byte[] body)
    {
        using var reader = new BinaryReader(new MemoryStream(body), Encoding.UTF8);
        var folder = reader.ReadString();
        var stateFolder = reader.ReadString();
        var birth = reader.ReadString();
        var end = new AcknowledgedEnd(new LogHead(reader.ReadInt64(), reader.ReadString()), reader.ReadInt64());
        var sections = new CommitSection[reader.ReadByte()];
        for (var i = 0; i < sections.Length; i++)
        {
            var file = (CommitFile)reader.ReadByte();
            var offset = reader.ReadInt64();
            sections[i] = new CommitSection(file, offset, reader.ReadBytes(reader.ReadInt32()));
        }
        return new CommitRecord(folder, stateFolder, birth, end, sections, reader.ReadBytes(reader.ReadInt32()));
    }
}
