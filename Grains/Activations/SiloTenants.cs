using Granary.Instana.Connections;
using Granary.Tenants;
using Granary.Tenants.Hosting;
using Granary.Tenants.Vaults;

namespace Granary.Grains.Activations;

/// <summary>What the activations of a silo are made of.</summary>
public sealed class SiloTenants
{
    /// <summary>Where vaults lie.</summary>
    public required IVaultStores Places { get; init; }

    /// <summary>Makes the activation of an Instana connection.</summary>
    public required Func<TenantId, InstanaConnection, IInstana> CreateInstana { get; init; }

    /// <summary>The vaults of which nothing may be destroyed.</summary>
    public LegalHolds Holds { get; init; } = LegalHolds.None;

    /// <summary>Bounds of each vault's activation.</summary>
    public VaultActivationOptions Vaults { get; init; } = new();
}
