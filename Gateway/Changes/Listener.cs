using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Granary.Gateway.Changes;

/// <summary>
/// The changes that wait for one stream. Each says only "look again", so one that still waits is not added a second time: what a slow stream
/// costs is bounded by what it wants, however much happens.
/// </summary>
internal sealed class Listener(IInterest interest, Action<Listener> leave) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly HashSet<Change> _waiting = [];
    private readonly Channel<Change> _changes = Channel.CreateUnbounded<Change>(new UnboundedChannelOptions { SingleReader = true });

    public IInterest Interest => interest;

    public void Offer(Change change)
    {
        lock (_lock)
        {
            if (_waiting.Add(change))
                _changes.Writer.TryWrite(change);
        }
    }

    /// <summary>Waits for a change; false once the listener is disposed.</summary>
    public ValueTask<bool> WaitAsync(CancellationToken cancellation) => _changes.Reader.WaitToReadAsync(cancellation);

    public bool TryTake(out Change change)
    {
        lock (_lock)
            return _changes.Reader.TryRead(out change) && _waiting.Remove(change);
    }

    public async IAsyncEnumerable<Change> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        while (await WaitAsync(cancellation))
        {
            while (TryTake(out var change))
                yield return change;
        }
    }

    public void Dispose()
    {
        leave(this);
        _changes.Writer.TryComplete();
    }
}
