using System.Buffers;
using Granary.Vault.Storage.FileSystem;

namespace Granary.Vault.Storage.Files;

/// <summary>
/// A file of lines of which a known part is committed. An offset is kept for every 64th line, so a million lines cost 128 KiB.
/// Reading is safe beside one writer.
/// </summary>
internal sealed class LineFile(IStorageFile file) : IDisposable
{
    private const int Stride = 64;
    private const int BlockSize = 256 * 1024;
    private const int SmallestRead = 4096;

    private readonly Lock _lock = new();
    private readonly List<long> _offsets = [];
    private long _count;
    private long _length;

    /// <summary>Committed lines.</summary>
    public long Count
    {
        get
        {
            lock (_lock)
                return _count;
        }
    }

    /// <summary>Committed bytes: where the next line starts.</summary>
    public long Length
    {
        get
        {
            lock (_lock)
                return _length;
        }
    }

    /// <summary>Counts the complete lines of the file and takes them as committed. Returns how many bytes lie behind the last of them.</summary>
    public long Scan()
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BlockSize);
        try
        {
            _offsets.Clear();
            _count = 0;
            _length = 0;
            long offset = 0;
            while (file.Read(buffer.AsSpan(0, BlockSize), offset) is var read and > 0)
            {
                var block = buffer.AsSpan(0, read);
                var at = 0;
                while (block[at..].IndexOf((byte)'\n') is var next and >= 0)
                {
                    at += next + 1;
                    Advance(offset + at);
                }
                offset += read;
            }
            return offset - _length;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Writes behind the committed part, uncommitted.</summary>
    public void Write(ReadOnlySpan<byte> bytes) => file.Write(bytes, Length);

    public void Flush() => file.Flush();

    /// <summary>Takes lines that were written as committed.</summary>
    public void Commit(IReadOnlyList<int> lengths)
    {
        lock (_lock)
        {
            foreach (var length in lengths)
                Advance(_length + length);
        }
    }

    /// <summary>Cuts the file to its committed part.</summary>
    public void Restore() => file.SetLength(Length);

    /// <summary>Cuts committed lines off, back to <paramref name="count"/> lines, in memory; <see cref="Restore"/> does so on disk.</summary>
    public void Forget(long count)
    {
        var length = Locate(count);
        lock (_lock)
        {
            _count = count;
            _length = length;
            var kept = (int)((count + Stride - 1) / Stride);
            _offsets.RemoveRange(kept, _offsets.Count - kept);
        }
    }

    /// <summary>As <see cref="Forget"/>, back to the line that starts at <paramref name="offset"/>.</summary>
    public void ForgetFrom(long offset)
    {
        var lines = ReadTail(offset).AsSpan(0, (int)Math.Max(0, Length - offset)).Count((byte)'\n');
        Forget(Count - lines);
    }

    /// <summary>All bytes from <paramref name="offset"/> on, committed or not.</summary>
    public byte[] ReadTail(long offset)
    {
        var tail = new byte[Math.Max(0, file.Length - offset)];
        var read = Fill(tail, offset);
        return tail[..read];
    }

    /// <summary>Where a committed line starts, and where the one behind it does.</summary>
    public (long Start, long End) Bounds(long position) => (Locate(position), Locate(position + 1));

    /// <summary>Fills the buffer from the file.</summary>
    /// <exception cref="IOException">The file is shorter than it was.</exception>
    public void ReadExactly(Span<byte> buffer, long offset)
    {
        if (Fill(buffer, offset) < buffer.Length)
            throw new IOException("A file of the vault was cut by somebody else.");
    }

    /// <summary>Committed lines as <see cref="IVaultReader.ReadAsync"/> promises them.</summary>
    public LogPage Read(long from, int maxLines, int maxBytes)
    {
        var end = Length;
        if (from >= Count || maxLines <= 0)
            return new LogPage(from, []);
        var start = Locate(from);
        var lines = new List<ReadOnlyMemory<byte>>();
        var most = Math.Clamp(maxLines * 1024L, SmallestRead, Math.Max(SmallestRead, maxBytes));
        var size = (int)Math.Min(end - start, Math.Clamp(Reach(from + maxLines) - start, SmallestRead, most));
        while (true)
        {
            var buffer = GC.AllocateUninitializedArray<byte>(size);
            var read = Fill(buffer, start);
            var at = 0;
            while (lines.Count < maxLines && buffer.AsSpan(at, read - at).IndexOf((byte)'\n') is var length and >= 0)
            {
                if (lines.Count > 0 && at + length > maxBytes)
                    break;
                lines.Add(buffer.AsMemory(at, length));
                at += length + 1;
            }
            // The first line must come whole, however long; a file that ends earlier than it did has been cut by somebody else.
            if (lines.Count > 0 || read < size || start + size >= end)
                return new LogPage(from, lines);
            size = (int)Math.Min(end - start, Math.Min(size * 2L, Array.MaxLength));
        }
    }

    public void Dispose() => file.Dispose();

    private void Advance(long nextStart)
    {
        if (_count % Stride == 0)
            _offsets.Add(_length);
        _count++;
        _length = nextStart;
    }

    /// <summary>An end behind all lines before <paramref name="position"/>, found without reading: no buffer needs to go beyond it.</summary>
    private long Reach(long position)
    {
        lock (_lock)
        {
            var stride = (position + Stride - 1) / Stride;
            return stride < _offsets.Count ? _offsets[(int)stride] : _length;
        }
    }

    private long Locate(long position)
    {
        long offset;
        lock (_lock)
        {
            if (position >= _count)
                return _length;
            offset = _offsets[(int)(position / Stride)];
        }
        var skip = (int)(position % Stride);
        if (skip == 0)
            return offset;
        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            while (file.Read(buffer, offset) is var read and > 0)
            {
                var block = buffer.AsSpan(0, read);
                var at = 0;
                while (block[at..].IndexOf((byte)'\n') is var next and >= 0)
                {
                    at += next + 1;
                    if (--skip == 0)
                        return offset + at;
                }
                offset += read;
            }
            return offset;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private int Fill(Span<byte> buffer, long offset)
    {
        var filled = 0;
        while (filled < buffer.Length && file.Read(buffer[filled..], offset + filled) is var read and > 0)
            filled += read;
        return filled;
    }
}
