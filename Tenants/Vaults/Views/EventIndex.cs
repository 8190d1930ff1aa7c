using Granary.Vault.Canonical;
using Granary.Vault.Storage;

namespace Granary.Tenants.Vaults.Views;

/// <summary>
/// The position of each event, by its id, and how many each actor and each type has. Built when somebody first asks, and kept up with the log from then on,
/// one asker after the other: an append knows nothing of it. Some 17 MB for a million events.
/// </summary>
internal sealed class EventIndex(IVaultLog log) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private IReadOnlyList<StorageFinding>? _findings;
    private PositionTable _positions = new();
    private EventCounts _counts = new();
    private long _position;

    /// <summary>Looks at the counts at the log's end. What <paramref name="look"/> returns must not hold on to them.</summary>
    public async Task<T> UseAsync<T>(Func<EventCounts, T> look, IProgress<WorkProgress>? progress, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            await CatchUpAsync(progress, cancellation);
            return look(_counts);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>The first event of this id; null where there is none.</summary>
    public async Task<(long Position, ReadOnlyMemory<byte> Line)?> FindAsync(string id, IProgress<WorkProgress>? progress, CancellationToken cancellation)
    {
        var wanted = EventFields.Canonical(id);
        foreach (var position in await FindAsync(wanted, progress, cancellation))
        {
            var lines = (await log.ReadAsync(LogStream.Events, position, 1, 1, cancellation)).Lines;
            if (lines.Count > 0 && HasId(lines[0].Span, wanted))
                return (position, lines[0]);
        }
        return null;
    }

    public void Dispose() => _turn.Dispose();

    private static bool HasId(ReadOnlySpan<byte> line, byte[] wanted)
    {
        using var scratch = new PooledBuffer(line.Length + 16);
        return EventFields.TryRead(line, scratch, out var fields) && fields.Id.SequenceEqual(wanted);
    }

    private async Task<IReadOnlyList<long>> FindAsync(byte[] wanted, IProgress<WorkProgress>? progress, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            await CatchUpAsync(progress, cancellation);
            return _positions.Find(wanted);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task CatchUpAsync(IProgress<WorkProgress>? progress, CancellationToken cancellation)
    {
        var end = log.Count(LogStream.Events);
        // A store that lost events may have others in their place.
        if (!ReferenceEquals(_findings, log.Findings) || _position > end)
            (_positions, _counts, _position) = (new PositionTable(), new EventCounts(), 0);
        _findings = log.Findings;
        using var scratch = new PooledBuffer(4096);
        await foreach (var page in EventScan.PagesAsync(log, _position, end, progress, cancellation))
        {
            foreach (var line in page.Lines)
                Take(line.Span, scratch);
        }
    }

    private void Take(ReadOnlySpan<byte> line, PooledBuffer scratch)
    {
        var position = _position++;
        if (!EventFields.TryRead(line, scratch, out var fields))
            return;
        if (fields.Id.Length > 0)
            _positions.Add(fields.Id, position);
        _counts.Take(fields);
    }
}
