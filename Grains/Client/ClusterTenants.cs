using Granary.Grains.Calls;
using Granary.Grains.Contracts;
using Granary.Instana.Connections;
using Granary.Tenants;
using Granary.Tenants.Hosting;

namespace Granary.Grains.Client;

/// <summary>The tenants in the cluster's silos.</summary>
internal sealed class ClusterTenants(IClusterClient client, ClusterCalls calls, ClusterCommitFeed feed, TimeProvider time) : ITenants
{
    // Vaults announce their commits themselves, so nothing is published from here.
    private readonly CommitWatchers _watchers = new(feed);
    private readonly GrainRoute<IVaultGrain> _vaults = new(client);
    private readonly GrainRoute<IInstanaGrain> _connections = new(client);

    public IVault Vault(TenantId tenant, VaultName vault) => new ClusterVault(tenant, _vaults.To(GrainKeys.Vault(tenant, vault)), calls);

    public IVault Vault(TenantId tenant, VaultName vault, AccessRights rights) =>
        new ClusterVault(tenant, _vaults.To(GrainKeys.Vault(tenant, vault)), calls, rights);

    public IInstana Instana(TenantId tenant, InstanaConnection connection) => Connect(tenant, connection, null);

    public IInstana Instana(TenantId tenant, InstanaConnection connection, AccessRights rights) => Connect(tenant, connection, rights);

    public async Task<VaultPage> ListVaultsAsync(TenantId tenant, VaultListing listing, CancellationToken cancellation)
    {
        IVaultsGrain grain;
        try
        {
            grain = client.GetGrain<IVaultsGrain>(tenant.Value);
        }
        catch (ArgumentException)
        {
            // No silo was reached at all, which this refuses with a sentence; or no live silo supports listing yet.
            _ = _vaults.To(GrainKeys.Vault(tenant, VaultName.Parse("default")));
            return VaultPage.Empty;
        }
        var message = Messages.From(listing);
        return Messages.To(await calls.RunAsync(tenant, CallKind.Read, token => grain.ListAsync(message, token), cancellation));
    }

    public IDisposable Watch(TenantId tenant, Action<VaultCommitted> committed) => _watchers.Watch(tenant, committed);

    private ClusterInstana Connect(TenantId tenant, InstanaConnection connection, AccessRights? rights)
    {
        var message = Messages.From(connection);
        return new ClusterInstana(tenant, message, _connections.To(GrainKeys.Instana(tenant, message)), calls, time) { Rights = rights };
    }
}
