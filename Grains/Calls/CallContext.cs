using Granary.Tenants;

namespace Granary.Grains.Calls;

/// <summary>
/// What travels beside every call: whose it is, and how much longer its caller waits. Time remaining and not an instant, because the clocks of two
/// machines differ: a silo whose clock was ahead by the length of a deadline would refuse every call.
/// </summary>
internal static class CallContext
{
    private const string TenantKey = "granary.tenant";
    private const string RemainingKey = "granary.remaining";
    private const string RightsKey = "granary.rights";
    private const string ToolKey = "granary.tool";

    /// <summary>How much longer the caller waits, as far as it said so.</summary>
    public static TimeSpan? Remaining => RequestContext.Get(RemainingKey) is long milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : null;

    /// <summary>The tool the call is part of, where its trace is kept; for the trace only.</summary>
    public static string? Tool => RequestContext.Get(ToolKey) as string;

    /// <summary>Set before a call; flows with it.</summary>
    public static void Set(TenantId tenant, TimeSpan remaining)
    {
        RequestContext.Set(TenantKey, tenant.Value);
        RequestContext.Set(RemainingKey, (long)remaining.TotalMilliseconds);
        if (CallTrace.Current?.GetTagItem(CallTrace.Tool) is string tool)
            RequestContext.Set(ToolKey, tool);
    }

    /// <summary>What the caller may do with the target of the calls that follow; flows with them.</summary>
    public static void Grant(AccessRights rights) => RequestContext.Set(RightsKey, (int)rights);

    /// <summary>
    /// Refuses what the caller has no right to, whatever its gateway let through. A gateway from before there were rights sends none, and its calls
    /// are served: it has checked scopes itself.
    /// </summary>
    /// <param name="needed">The right.</param>
    /// <param name="where">What it is a right to, as the sentence has it.</param>
    /// <exception cref="TenantException">The right is not among those that came with the call.</exception>
    public static void Require(AccessRights needed, string where = "to the vault")
    {
        if (RequestContext.Get(RightsKey) is int rights && ((AccessRights)rights & needed) == 0)
            throw new TenantException(TenantFailure.InvalidInput, $"The caller has no right to do this {where}; the silo refused it, and nothing was done.");
    }

    /// <summary>Checked again where the call arrives.</summary>
    /// <exception cref="TenantException">The call is for another tenant than its target's, or nobody waits for it any more.</exception>
    public static void Check(TenantId tenant)
    {
        if (RequestContext.Get(TenantKey) as string != tenant.Value)
            throw new TenantException(TenantFailure.InvalidInput, "The call was made for one tenant and reached another's grain; it was refused.");
        if (Remaining is { } remaining && remaining <= TimeSpan.Zero)
            throw new TenantException(TenantFailure.Unavailable, "The call arrived after its deadline; nothing was done.", TimeSpan.FromSeconds(1));
    }
}
