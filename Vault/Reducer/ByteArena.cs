namespace Granary.Vault.Reducer;

/// <summary>
/// Bytes that are appended and stay: a few large arrays in place of an object for each record, so that a million records cost the collector
/// nothing. An address is the array's number and the place in it.
/// </summary>
internal sealed class ByteArena
{
    private const int SmallestChunk = 4 * 1024;
    private const int LargestChunk = 1024 * 1024;

    private readonly List<byte[]> _chunks = [];
    private readonly List<int> _used = [];

    /// <summary>How many bytes it holds.</summary>
    public long Length { get; private set; }

    public IEnumerable<ReadOnlyMemory<byte>> Chunks => _chunks.Select((chunk, i) => (ReadOnlyMemory<byte>)chunk.AsMemory(0, _used[i]));

    public long Append(ReadOnlySpan<byte> record)
    {
        if (_chunks.Count == 0 || _chunks[^1].Length - _used[^1] < record.Length)
            AddChunk(record.Length);
        var address = ((long)(_chunks.Count - 1) << 32) | (uint)_used[^1];
        record.CopyTo(_chunks[^1].AsSpan(_used[^1]));
        _used[^1] += record.Length;
        Length += record.Length;
        return address;
    }

    /// <summary>Takes a whole chunk, whose addresses are those it had where it came from.</summary>
    public void Adopt(byte[] chunk)
    {
        _chunks.Add(chunk);
        _used.Add(chunk.Length);
        Length += chunk.Length;
    }

    /// <summary>What starts at an address, up to the end of its chunk.</summary>
    public Span<byte> From(long address)
    {
        var chunk = (int)(address >> 32);
        return _chunks[chunk].AsSpan((int)address, _used[chunk] - (int)address);
    }

    public bool Holds(long address) => address >= 0 && address >> 32 < _chunks.Count && (int)address >= 0 && (int)address < _used[(int)(address >> 32)];

    private void AddChunk(int needed)
    {
        var size = _chunks.Count == 0 ? SmallestChunk : Math.Min(LargestChunk, _chunks[^1].Length * 2);
        _chunks.Add(new byte[Math.Max(size, needed)]);
        _used.Add(0);
    }
}
