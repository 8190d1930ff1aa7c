namespace Granary.Scenarios.Load;

/// <summary>What a scenario's clients do.</summary>
internal sealed record LoadPlan
{
    /// <summary>How much of what this cluster can do on this machine, as measured by this run, is asked of it.</summary>
    public double Share { get; init; } = 0.25;

    /// <summary>How many calls begin each second at most, all tenants together; less where the share is less.</summary>
    public double Rate { get; init; } = 100;

    /// <summary>How many calls are under way at most.</summary>
    public int Concurrency { get; init; } = 64;

    /// <summary>How many of them listen to their vault.</summary>
    public int Streams { get; init; } = 60;

    /// <summary>How long a client waits for an answer: as long as a gateway tries. What a call may take is judged afterwards.</summary>
    public TimeSpan CallLimit { get; init; } = TimeSpan.FromSeconds(180);

    /// <summary>
    /// Within what time an append must be told on a stream. Subscriptions are renewed every five seconds; a silo that hangs costs its eviction on top.
    /// </summary>
    public TimeSpan TellWithin { get; init; } = TimeSpan.FromSeconds(6);

    /// <summary>Whether calls to Instana are part of the mix.</summary>
    public bool Instana { get; init; } = true;
}
