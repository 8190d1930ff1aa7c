using System.Security.Cryptography;

namespace Granary.Vault.Redis.Archive;

/// <summary>
/// The bytes of a segment in the archive: its lines with a line feed behind each, as the exported file has them. The objects of a stream, one behind the
/// other, are the beginning of that file.
/// </summary>
internal sealed class SegmentContent
{
    private SegmentContent(ReadOnlyMemory<byte> bytes, IReadOnlyList<ReadOnlyMemory<byte>> lines) => (Bytes, Lines) = (bytes, lines);

    public ReadOnlyMemory<byte> Bytes { get; }

    public IReadOnlyList<ReadOnlyMemory<byte>> Lines { get; }

    public byte[] Hash() => SHA256.HashData(Bytes.Span);

    public static SegmentContent Of(IReadOnlyList<ReadOnlyMemory<byte>> lines)
    {
        var bytes = new byte[lines.Sum(line => line.Length + 1)];
        var at = 0;
        foreach (var line in lines)
        {
            line.Span.CopyTo(bytes.AsSpan(at));
            at += line.Length + 1;
            bytes[at - 1] = (byte)'\n';
        }
        return Read(bytes);
    }

    public static SegmentContent Read(ReadOnlyMemory<byte> bytes)
    {
        var lines = new List<ReadOnlyMemory<byte>>();
        for (var rest = bytes; !rest.IsEmpty;)
        {
            var end = rest.Span.IndexOf((byte)'\n');
            if (end < 0)
                end = rest.Length - 1;
            lines.Add(rest[..end]);
            rest = rest[(end + 1)..];
        }
        return new SegmentContent(bytes, lines);
    }

    /// <summary>Some lines: at least one, and no more once so many bytes are reached, as lists in Redis are read.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Part(int from, int count, int maxBytes)
    {
        var (taken, size) = (0, 0L);
        while (taken < count && from + taken < Lines.Count && (taken == 0 || size + Lines[from + taken].Length <= maxBytes))
            size += Lines[from + taken++].Length + 1;
        return [.. Lines.Skip(from).Take(taken)];
    }

    /// <summary>The same segment with other lines at some places.</summary>
    public SegmentContent With(IEnumerable<(int Index, ReadOnlyMemory<byte> Line)> replaced)
    {
        var lines = Lines.ToArray();
        foreach (var (index, line) in replaced)
            lines[index] = line;
        return Of(lines);
    }
}
