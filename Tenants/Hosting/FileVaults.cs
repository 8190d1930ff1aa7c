using Granary.Vault.Storage;
using Granary.Vault.Storage.Files;
using Microsoft.Extensions.Logging;

namespace Granary.Tenants.Hosting;

/// <summary>The place of every vault in a data folder, and the commit log they share.</summary>
internal sealed class FileVaults(string dataFolder, int idempotencyKeys, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private readonly SharedCommitLog _commits = new(dataFolder, time, logger);

    public IVaultStore Create(TenantId tenant, VaultName vault)
    {
        var home = Path.Combine(dataFolder, tenant.Value);
        return new FileVaultStore(new FileVaultOptions
        {
            Folder = Path.Combine(home, "vaults", vault.ToFileName()),
            StateFolder = Path.Combine(home, "state", vault.ToFileName()),
            Commits = _commits.Get,
            IdempotencyKeys = idempotencyKeys,
            Time = time,
        });
    }

    public ValueTask DisposeAsync() => _commits.DisposeAsync();
}
