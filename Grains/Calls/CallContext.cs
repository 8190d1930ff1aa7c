using Granary.Tenants;

namespace Granary.Grains.Calls;

/// <summary>What travels beside every call: whose it is and when its caller stops waiting.</summary>
internal static class CallContext
{
    private const string TenantKey = "granary.tenant";
    private const string DeadlineKey = "granary.deadline";

    /// <summary>By how much the clocks of one cluster may differ.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(2);

    /// <summary>Set before a call; flows with it.</summary>
    public static void Set(TenantId tenant, DateTimeOffset deadline)
    {
        RequestContext.Set(TenantKey, tenant.Value);
        RequestContext.Set(DeadlineKey, deadline.UtcTicks);
    }

    /// <summary>Checked again where the call arrives.</summary>
    /// <exception cref="TenantException">The call is for another tenant than its target's, or nobody waits for it any more.</exception>
    public static void Check(TenantId tenant, DateTimeOffset now)
    {
        if (RequestContext.Get(TenantKey) as string != tenant.Value)
            throw new TenantException(TenantFailure.InvalidInput, "The call was made for one tenant and reached another's grain; it was refused.");
        if (RequestContext.Get(DeadlineKey) is long ticks && now.UtcTicks - ticks > Skew.Ticks)
            throw new TenantException(TenantFailure.Unavailable, "The call arrived after its deadline; nothing was done.", TimeSpan.FromSeconds(1));
    }
}
