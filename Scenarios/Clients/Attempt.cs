namespace Granary.Scenarios.Clients;

/// <summary>Proof of an append, as a client holds it.</summary>
internal sealed record Receipt(string EventId, long Position, string Hash);

/// <summary>One event that a client wanted in a vault, however often it had to ask. Times are <see cref="System.Diagnostics.Stopwatch"/> ticks.</summary>
/// <param name="Vault">The vault.</param>
/// <param name="Marker">What tells its event from every other.</param>
/// <param name="Key">Its idempotency key; null for a client that does not repeat.</param>
/// <param name="Begin">When it was first asked for.</param>
internal sealed record Attempt(string Vault, long Marker, string? Key, long Begin)
{
    private readonly Lock _lock = new();
    private readonly List<Receipt> _receipts = [];

    /// <summary>When the last answer came.</summary>
    public long End { get; private set; }

    /// <summary>Every receipt its client got.</summary>
    public IReadOnlyList<Receipt> Receipts => _receipts;

    /// <summary>Whether any answer left open what happened.</summary>
    public bool MayHaveHappened { get; private set; }

    /// <summary>Takes note of an answer.</summary>
    public void Answered(Answer answer, long at)
    {
        lock (_lock)
        {
            End = at;
            if (answer.Effect == Effect.Unknown)
                MayHaveHappened = true;
            if (answer.Effect == Effect.Done)
            {
                var content = answer.Content;
                _receipts.Add(new Receipt(
                    content.GetProperty("event_id").GetString()!, content.GetProperty("position").GetInt64(), content.GetProperty("hash").GetString()!));
            }
        }
    }
}
