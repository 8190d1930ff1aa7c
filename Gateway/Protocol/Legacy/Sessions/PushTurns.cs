namespace Granary.Gateway.Protocol.Legacy.Sessions;

/// <summary>
/// A message goes to one stream of a session only: the newest takes over, the one before goes quiet. Turns order streams on several gateways;
/// they come from one clock.
/// </summary>
internal sealed class PushTurns
{
    private readonly Lock _lock = new();
    private Turn? _current;
    private long _latest;

    public bool IsTaken => _current is not null;

    /// <summary>Makes the caller's stream the one that gets pushed messages on this gateway.</summary>
    public Turn Take()
    {
        var mine = new Turn(this);
        Turn? before;
        lock (_lock)
            (before, _current) = (_current, mine);
        before?.End();
        return mine;
    }

    /// <summary>A stream on another gateway took this turn.</summary>
    public void TakenElsewhere(long number)
    {
        Turn? ended = null;
        lock (_lock)
        {
            _latest = Math.Max(_latest, number);
            // A turn without its number yet compares itself once it has it.
            if (_current is { Number: > 0 } current && current.Number < number)
                ended = current;
        }
        ended?.End();
    }

    /// <summary>One stream's turn; dispose it with the stream.</summary>
    internal sealed class Turn(PushTurns owner) : IDisposable
    {
        // Not disposed: the new owner may be about to cancel it, and it holds no resources.
        private readonly CancellationTokenSource _overtaken = new();

        /// <summary>Cancelled when another stream took over.</summary>
        public CancellationToken Overtaken => _overtaken.Token;

        public long Number { get; private set; }

        /// <summary>Gives the turn its place among those of other gateways; 0 where there are none.</summary>
        public void Place(long number)
        {
            bool ended;
            lock (owner._lock)
            {
                Number = number;
                ended = number > 0 && owner._latest > number;
            }
            if (ended)
                End();
        }

        public void End() => _overtaken.Cancel();

        public void Dispose()
        {
            lock (owner._lock)
            {
                if (owner._current == this)
                    owner._current = null;
            }
        }
    }
}
