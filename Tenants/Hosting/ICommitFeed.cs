namespace Granary.Tenants.Hosting;

/// <summary>Carries commits between the processes that host a tenant's vaults. Hints: best effort, and never waited for.</summary>
public interface ICommitFeed
{
    /// <summary>Tells the others.</summary>
    void Publish(VaultCommitted commit);

    /// <summary>Listens to a tenant's commits in other processes until disposed.</summary>
    IDisposable Subscribe(TenantId tenant, Action<VaultCommitted> committed);
}
