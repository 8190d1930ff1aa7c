namespace Granary.Grains.Contracts;

/// <summary>The token buckets of a tenant, for all gateways; its key is the tenant.</summary>
[Alias("granary.limits"), GrainInterfaceType("granary.limits")]
public interface ILimitsGrain : IGrainWithStringKey
{
    /// <summary>Takes up to so many tokens. A bucket that is not known yet is full.</summary>
    [Alias("take")]
    Task<LimitGrantMessage> TakeAsync(LimitMessage limit);
}

/// <summary>See <see cref="Tenants.LimitBucket"/>.</summary>
[GenerateSerializer, Immutable, Alias("granary.limit")]
public sealed record LimitMessage([property: Id(0)] string Name, [property: Id(1)] long Rate, [property: Id(2)] long Burst, [property: Id(3)] long Wanted);

/// <summary>See <see cref="Tenants.LimitGrant"/>.</summary>
[GenerateSerializer, Immutable, Alias("granary.limit-grant")]
public sealed record LimitGrantMessage([property: Id(0)] long Tokens, [property: Id(1)] TimeSpan RetryAfter);
