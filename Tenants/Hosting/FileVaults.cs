using Granary.Vault.Storage;
using Granary.Vault.Storage.Files;
using Microsoft.Extensions.Logging;

namespace Granary.Tenants.Hosting;

/// <summary>The place of every vault in a data folder, and the commit log they share.</summary>
internal sealed class FileVaults(string dataFolder, int idempotencyKeys, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private const int MaxListed = 10_000;

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

    /// <summary>The vaults of a tenant, at most <see cref="MaxListed"/>, in the order of their names.</summary>
    public IReadOnlyList<VaultName> List(TenantId tenant)
    {
        var home = new DirectoryInfo(Path.Combine(dataFolder, tenant.Value, "vaults"));
        if (!home.Exists)
            return [];
        var names = new List<VaultName>();
        foreach (var folder in home.EnumerateDirectories().Take(MaxListed))
        {
            if (VaultName.TryReadFileName(folder.Name, out var name))
                names.Add(name);
        }
        names.Sort((a, b) => string.CompareOrdinal(a.Value, b.Value));
        return names;
    }

    public ValueTask DisposeAsync() => _commits.DisposeAsync();
}
