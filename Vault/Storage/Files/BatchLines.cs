using Granary.Vault.Canonical;

namespace Granary.Vault.Storage.Files;

/// <summary>The lines of a batch, put together for one write to each file.</summary>
internal sealed class BatchLines : IDisposable
{
    public BatchLines(IReadOnlyList<LogEntry> entries, bool hasChain)
    {
        foreach (var entry in entries)
        {
            EventLengths.Add(Append(Events, entry.Event));
            if (hasChain)
                ChainLengths.Add(Append(Chain, entry.Chain));
            if (!entry.Bridge.IsEmpty)
                BridgeLengths.Add(Append(Bridge, entry.Bridge));
        }
    }

    public PooledBuffer Events { get; } = new(16 * 1024);

    public PooledBuffer Chain { get; } = new(16 * 1024);

    public PooledBuffer Bridge { get; } = new(16);

    public List<int> EventLengths { get; } = [];

    public List<int> ChainLengths { get; } = [];

    public List<int> BridgeLengths { get; } = [];

    public void Dispose()
    {
        Events.Dispose();
        Chain.Dispose();
        Bridge.Dispose();
    }

    private static int Append(PooledBuffer buffer, ReadOnlyMemory<byte> line)
    {
        buffer.Write(line.Span);
        buffer.Write((byte)'\n');
        return line.Length + 1;
    }
}
