using System.Runtime.CompilerServices;
using Granary.Tenants.Vaults.Formats;
using Granary.Tenants.Vaults.Signing;
using Granary.Vault;
using Granary.Vault.Storage;
using Granary.Vault.Storage.FileSystem;
using Granary.Vault.Storage.Files;
using Microsoft.Extensions.Logging;

namespace Granary.Tenants.Hosting;

/// <summary>The place of every vault in a data folder, and the commit log they share.</summary>
internal sealed class FileVaults(string dataFolder, int idempotencyKeys, TimeProvider time, ILogger logger, MountedVault? mounted = null) : IVaultStores, IAsyncDisposable
{
    private readonly SharedCommitLog _commits = new(dataFolder, time, logger);
    private readonly TenantSecretFiles _secrets = new(dataFolder, PhysicalFileSystem.Instance, logger);

    public ITenantSecrets Secrets => _secrets;

    public IVaultStore Create(TenantId tenant, VaultName vault)
    {
        var home = Path.Combine(dataFolder, tenant.Value);
        if (mounted?.Is(tenant, vault) == true)
            return new FileVaultStore(Mounted(mounted, Path.Combine(home, "mounted", vault.ToFileName())));
        return new FileVaultStore(new FileVaultOptions
        {
            Root = dataFolder,
            Folder = Path.Combine(home, "vaults", vault.ToFileName()),
            StateFolder = Path.Combine(home, "state", vault.ToFileName()),
            Formats = VaultFormats.All,
            Commits = _commits.Get,
            IdempotencyKeys = idempotencyKeys,
            Time = time,
        });
    }

    public Task<VaultPage> ListAsync(TenantId tenant, VaultListing listing, CancellationToken cancellation) =>
        Task.Run(() => Read(() => listing.Take(All(tenant))), cancellation);

    public Task<long> CountAsync(TenantId tenant, CancellationToken cancellation) => Task.Run(() => Read(() => All(tenant).LongCount()), cancellation);

    public async IAsyncEnumerable<TenantId> TenantsAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var tenant in await Task.Run(() => Read(Tenants), cancellation))
            yield return tenant;
    }

    public ValueTask DisposeAsync()
    {
        _secrets.Dispose();
        return _commits.DisposeAsync();
    }

    /// <summary>Its own files are flushed with each append: others read them, and the log of commits is not theirs. Without its keys nothing is written.</summary>
    private FileVaultOptions Mounted(MountedVault mounted, string state) => new()
    {
        Root = dataFolder,
        Folder = mounted.Folder,
        StateFolder = state,
        Formats = VaultFormats.All,
        IsPlain = true,
        IsReadOnly = own => !mounted.HoldsKeys() && !File.Exists(Path.Combine(own.BesideFolder, KeysBeside.Name)),
        IdempotencyKeys = idempotencyKeys,
        Time = time,
    };

    private IEnumerable<VaultName> All(TenantId tenant)
    {
        var home = new DirectoryInfo(Path.Combine(dataFolder, tenant.Value, "vaults"));
        if (home.LinkTarget is not null || home.Parent!.LinkTarget is not null)
            throw new IOException("A tenant's folder is a symbolic link.");
        var names = home.Exists ? Names(home) : [];
        return mounted?.Is(tenant, mounted.Name) == true && mounted.HoldsVault() ? names.Where(name => name != mounted.Name).Append(mounted.Name) : names;
    }

    private static T Read<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new TenantException(TenantFailure.Unavailable, "The vaults cannot be listed: the data folder cannot be read.", null, failure);
        }
    }

    private List<TenantId> Tenants()
    {
        var root = new DirectoryInfo(dataFolder);
        var tenants = new List<TenantId>();
        foreach (var folder in root.Exists ? root.EnumerateDirectories() : [])
        {
            if (TenantId.TryParse(folder.Name, out var tenant, out _))
                tenants.Add(tenant);
        }
        // What is mounted has no folder until something was kept beside it.
        if (mounted is not null && !tenants.Contains(TenantId.Default))
            tenants.Add(TenantId.Default);
        return tenants;
    }

    private static IEnumerable<VaultName> Names(DirectoryInfo home)
    {
        foreach (var folder in home.EnumerateDirectories())
        {
            if (VaultName.TryReadFileName(folder.Name, out var name))
                yield return name;
        }
    }
}
