using Granary.Gateway.Changes;
using Granary.Gateway.Protocol.Legacy.Sessions;
using Granary.Tenants;

namespace Granary.Gateway.Protocol.Legacy.Calls;

/// <summary>What the stream of a legacy session wants: every list, and the resources its session subscribed to.</summary>
internal sealed class LegacyInterest(TenantId tenant, SessionMemory memory, Func<bool> isReady) : IInterest
{
    private static readonly Dictionary<string, string> Nothing = [];

    public TenantId Tenant => tenant;

    public IReadOnlyDictionary<string, string> Resources => isReady() ? memory.Subscriptions : Nothing;

    public bool WantsList(ChangeKind list) => isReady();
}
