namespace Granary.Scenarios.Clients;

/// <summary>How a stream ended.</summary>
internal enum StreamEnd
{
    /// <summary>It is open.</summary>
    Open,

    /// <summary>The server ended it in order.</summary>
    Completed,

    /// <summary>The connection broke.</summary>
    Cut,

    /// <summary>The client had enough.</summary>
    Stopped,
}

/// <summary>The life of one stream, from the moment it is known to listen to its end. Times are <see cref="System.Diagnostics.Stopwatch"/> ticks.</summary>
internal sealed record StreamSpan(long OpenedAt)
{
    /// <summary>When notifications of the vault came.</summary>
    public List<long> Notifications { get; } = [];

    /// <summary>When it ended.</summary>
    public long EndedAt { get; set; } = long.MaxValue;

    /// <summary>How it ended.</summary>
    public StreamEnd End { get; set; }
}
