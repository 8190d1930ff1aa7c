namespace Granary.Instana.Connections;

/// <summary>When and how often a read is tried again. Only reads are; a write's outcome would be unknown.</summary>
public sealed record RetryOptions
{
    /// <summary>How many times after the first; 0 for never.</summary>
    public int MaxRetries { get; init; } = 3;

    /// <summary>The wait before the first repeat; each further one doubles, with jitter.</summary>
    public TimeSpan BaseDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest of our own waits.</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest wait a backend may ask for; beyond, the caller is told when to come back instead.</summary>
    public TimeSpan MaxServerWait { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>When a failing backend is left alone for a while.</summary>
public sealed record BreakerOptions
{
    /// <summary>Opens when this share of the attempts failed, 0 to 1.</summary>
    public double FailureRatio { get; init; } = 0.5;

    /// <summary>… of at least so many attempts.</summary>
    public int MinimumAttempts { get; init; } = 10;

    /// <summary>… within this time.</summary>
    public TimeSpan Sampling { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long it stays open before one attempt may try.</summary>
    public TimeSpan Break { get; init; } = TimeSpan.FromSeconds(15);
}
