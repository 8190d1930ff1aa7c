namespace Granary.Grains.Client;

/// <summary>How a gateway calls silos.</summary>
public sealed record ClusterClientOptions
{
    /// <summary>How long a call may go on being tried, and so how soon a caller is told: 2.8 seconds keep it below three.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(2.8);
}
