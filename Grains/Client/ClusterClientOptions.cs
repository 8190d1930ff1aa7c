namespace Granary.Grains.Client;

/// <summary>How a gateway calls silos; docs/adr/0055 tells why these values.</summary>
public sealed record ClusterClientOptions
{
    /// <summary>How long a call may take in all, waiting and repeating included, unless its caller gives up before. A gateway sets its call time-out.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(200);

    /// <summary>For how long a call is tried while no silo at all is connected.</summary>
    public TimeSpan WithoutSilos { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long what must not be repeated is still waited for once a connection to a silo is lost: another silo that has it answers within a turn.
    /// </summary>
    public TimeSpan AfterLoss { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How many calls may be under way; one more is refused with advice.</summary>
    public int MaxCalls { get; init; } = 2048;

    /// <summary>How many repeats a second this gateway may send, all calls together.</summary>
    public double RepeatsPerSecond { get; init; } = 200;

    /// <summary>How many repeats may come at once after a quiet time.</summary>
    public int RepeatBurst { get; init; } = 400;

    /// <summary>How often a gateway renews its subscriptions to commits, and so how late it notices at most that it was not told of one.</summary>
    public TimeSpan Renewal { get; init; } = TimeSpan.FromSeconds(5);
}
