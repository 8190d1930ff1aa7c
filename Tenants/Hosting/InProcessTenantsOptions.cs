using Granary.Instana.Connections;
using Granary.Tenants.Vaults;

namespace Granary.Tenants.Hosting;

/// <summary>What the in-process host needs to know.</summary>
public sealed class InProcessTenantsOptions
{
    /// <summary>
    /// The root of all data: vaults are stored in <c>tenant/vaults/name</c>, what the gateway keeps for itself about them in
    /// <c>tenant/state/name</c>. One file system. Not used where <see cref="Places"/> puts vaults elsewhere.
    /// </summary>
    public string? DataFolder { get; init; }

    /// <summary>Makes the activation of an Instana connection; null where there is none.</summary>
    public Func<TenantId, InstanaConnection, IInstana>? CreateInstana { get; init; }

    /// <summary>Where vaults lie; null for files below <see cref="DataFolder"/>.</summary>
    public IVaultStores? Places { get; init; }

    /// <summary>A folder outside <see cref="DataFolder"/> that is served by its path; null where there is none.</summary>
    public MountedVault? Mounted { get; init; }

    /// <summary>How many vaults one tenant may have, 200 made at once and then two a second; 0 for any number, as fast as they come.</summary>
    public int MaxVaultsPerTenant { get; init; }

    /// <summary>How many events one vault may have; 0 for any number.</summary>
    public long MaxEventsPerVault { get; init; }

    /// <summary>The vaults of which nothing may be destroyed.</summary>
    public LegalHolds Holds { get; init; } = LegalHolds.None;

    /// <summary>After how long without a call an activation is closed.</summary>
    public TimeSpan IdleAfter { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>How many activations of each kind there are at most; the longest idle one makes room.</summary>
    public int MaxActivations { get; init; } = 10_000;

    /// <summary>How many idempotency keys a vault on files keeps, the youngest.</summary>
    public int IdempotencyKeysPerVault { get; init; } = 4096;

    /// <summary>Bounds of each vault's activation.</summary>
    public VaultActivationOptions Vaults { get; init; } = new();
}
