using System.Buffers.Text;

namespace Granary.Bench.Scenarios;

/// <summary>The positions that appends to one vault were told; two of the same would be a fork.</summary>
internal sealed class Receipts
{
    private readonly Lock _lock = new();
    private readonly HashSet<long> _positions = [];

    /// <summary>How many there are.</summary>
    public long Count => _positions.Count;

    /// <summary>Reads the position from an answer's body.</summary>
    /// <exception cref="BenchException">There is none, or somebody was told it before.</exception>
    public void Take(ReadOnlySpan<byte> body)
    {
        var name = "\"position\":"u8;
        var at = body.IndexOf(name);
        if (at < 0 || !Utf8Parser.TryParse(body[(at + name.Length)..], out long position, out _))
            throw new BenchException("An append's answer has no position.");
        lock (_lock)
        {
            if (!_positions.Add(position))
                throw new BenchException($"Two appends were told the same position, {position}: the vault is forked.");
        }
    }
}
