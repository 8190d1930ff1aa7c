using Granary.Tenants;

namespace Granary.Gateway.Changes;

/// <summary>What one stream wants to hear of. It may change while the stream is open.</summary>
internal interface IInterest
{
    /// <summary>Whose resources.</summary>
    TenantId Tenant { get; }

    /// <summary>The resources: canonical URI, and how the client spells it.</summary>
    IReadOnlyDictionary<string, string> Resources { get; }

    /// <summary>Whether it wants to hear that one of the lists changed.</summary>
    bool WantsList(ChangeKind list);
}
