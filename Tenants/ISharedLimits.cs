namespace Granary.Tenants;

/// <summary>Limits that every gateway of a cluster counts against: one bucket for all, out of which each takes a block at a time.</summary>
public interface ISharedLimits
{
    /// <summary>Takes tokens out of a bucket.</summary>
    /// <param name="tenant">Whose bucket.</param>
    /// <param name="bucket">Which of the tenant's, how fast it fills and how much it holds.</param>
    /// <param name="wanted">How many at most.</param>
    /// <returns>Those that there were, which may be none, and when there will be another.</returns>
    /// <exception cref="TenantException">The silos could not be asked; nothing was taken.</exception>
    Task<LimitGrant> TakeAsync(TenantId tenant, LimitBucket bucket, long wanted);
}

/// <summary>A token bucket.</summary>
/// <param name="Name">Its name among the tenant's.</param>
/// <param name="Rate">Tokens that it gets each second.</param>
/// <param name="Burst">Tokens that it holds at most.</param>
public readonly record struct LimitBucket(string Name, long Rate, long Burst);

/// <summary>What was in a bucket.</summary>
/// <param name="Tokens">Tokens that were taken.</param>
/// <param name="RetryAfter">When there is one more; zero where there still are.</param>
public readonly record struct LimitGrant(long Tokens, TimeSpan RetryAfter);
