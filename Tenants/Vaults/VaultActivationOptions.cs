using Granary.Tenants.Vaults.Anchoring;

namespace Granary.Tenants.Vaults;

/// <summary>Bounds of one vault's activation.</summary>
public sealed record VaultActivationOptions
{
    /// <summary>How many appends may wait; one more is answered with Busy.</summary>
    public int MaxQueuedAppends { get; init; } = 4096;

    /// <summary>How many operations that write may wait.</summary>
    public int MaxQueuedWorks { get; init; } = 64;

    /// <summary>How many bytes of events may wait.</summary>
    public long MaxQueuedBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>How many events one group commit holds at most; no more than 1024.</summary>
    public int MaxBatch { get; init; } = 256;

    /// <summary>How many bytes of events one group commit holds at most, its last event not counted.</summary>
    public long MaxBatchBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>The advice to callers when the queue is full.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>For how long nothing is appended before the documents that follow from the log are written again.</summary>
    public TimeSpan QuietAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Who stamps the heads of vaults; null for nobody.</summary>
    public AnchorPlan? Anchors { get; init; }

    /// <summary>Whether the operator holds the vault: nothing in it is redacted or shredded.</summary>
    public bool IsHeld { get; init; }
}
