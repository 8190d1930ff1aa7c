using System.Runtime.CompilerServices;
using Granary.Tenants;
using Granary.Tenants.Hosting;
using Granary.Tenants.Vaults.Signing;
using Granary.Vault.Keys;
using Granary.Vault.Redis;
using Granary.Vault.Redis.Connections;
using Granary.Vault.Storage;
using Microsoft.Extensions.Logging;

namespace Granary.Grains.Redis;

/// <summary>The place of every vault in Redis.</summary>
public sealed partial class RedisVaults : IVaultStores
{
    private readonly RedisSettings _settings;
    private readonly KeyRing _keys;
    private readonly RedisVaultIndex _index;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    /// <summary>Uses a connection that stays its owner's.</summary>
    /// <exception cref="ArgumentException">The settings have no key-encryption key.</exception>
    public RedisVaults(RedisLink link, RedisSettings settings, TimeProvider time, ILoggerFactory loggers)
    {
        Link = link;
        _settings = settings;
        _keys = settings.Keys ?? throw new ArgumentException("Vaults in Redis need a key-encryption key.", nameof(settings));
        _index = new RedisVaultIndex(link, time);
        _time = time;
        _logger = loggers.CreateLogger<RedisVaults>();
        Secrets = new TenantSecrets(this);
    }

    /// <inheritdoc />
    public ITenantSecrets? Secrets { get; }

    /// <summary>The connection.</summary>
    public RedisLink Link { get; }

    /// <inheritdoc />
    public IVaultStore Create(TenantId tenant, VaultName vault) => new ListedVaultStore(
        Store(tenant, vault),
        cancellation => _index.AddAsync(tenant.Value, vault.Value, cancellation),
        failure => LogUnlisted(failure, tenant.Value, vault.Value));

    /// <inheritdoc />
    public Task<VaultPage> ListAsync(TenantId tenant, VaultListing listing, CancellationToken cancellation) => ReadAsync(async () =>
    {
        var page = await _index.ReadAsync(
            tenant.Value, listing.Prefix, listing.After?.Value, listing.Limit, name => Place(tenant, VaultName.Parse(name)), cancellation);
        return new VaultPage([.. page.Names.Select(VaultName.Parse)], page.Next is { } next ? VaultName.Parse(next) : null);
    });

    /// <inheritdoc />
    public Task<long> CountAsync(TenantId tenant, CancellationToken cancellation) => ReadAsync(() => _index.CountAsync(tenant.Value, cancellation));

    /// <inheritdoc />
    public async IAsyncEnumerable<TenantId> TenantsAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var owner in await ReadAsync(() => _index.OwnersAsync(cancellation)))
        {
            if (TenantId.TryParse(owner, out var tenant, out _))
                yield return tenant;
        }
    }

    private static async Task<T> ReadAsync<T>(Func<Task<T>> read)
    {
        try
        {
            return await read();
        }
        catch (VaultStorageException failure)
        {
            throw new TenantException(TenantFailure.Unavailable, $"The vaults cannot be listed now. {failure.Message}", TimeSpan.FromSeconds(1), failure);
        }
    }

    /// <summary>Writes a vault out as the folder it represents; see <see cref="RedisVaultStore.ExportAsync"/>.</summary>
    public Task ExportAsync(TenantId tenant, VaultName vault, string folder, bool secrets, CancellationToken cancellation) =>
        Store(tenant, vault).ExportAsync(folder, secrets, cancellation);

    /// <summary>Removes a vault that was made to warm up a process; see <see cref="RedisVaultRemoval"/>.</summary>
    /// <exception cref="VaultStorageException">The store's reasons.</exception>
    public static async Task RemoveScratchAsync(RedisLink link, TenantId tenant, VaultName vault, TimeProvider time, CancellationToken cancellation)
    {
        await RedisVaultRemoval.RunAsync(link, Place(tenant, vault));
        await new RedisVaultIndex(link, time).RemoveAsync(tenant.Value, vault.Value, cancellation);
    }

    /// <summary>What moves a vault's full segments to the archive.</summary>
    public RedisVaultSealer Sealer(TenantId tenant, VaultName vault) => new(Options(tenant, vault));

    private RedisVaultStore Store(TenantId tenant, VaultName vault) => new(Options(tenant, vault));

    private RedisVaultOptions Options(TenantId tenant, VaultName vault) => new()
    {
        Link = Link,
        Name = Place(tenant, vault),
        Keys = _keys,
        WaitReplicas = _settings.Replicas,
        Found = finding => LogFinding(tenant.Value, vault.Value, finding.Rule, finding.Reason),
        Time = _time,
        Archive = _settings.Archive,
    };

    private static string Place(TenantId tenant, VaultName vault) => $"{tenant.Value}/{vault.ToFileName()}";

    /// <summary>Wrapped with the key-encryption key, as the vaults' secrets are.</summary>
    private sealed class TenantSecrets(RedisVaults owner) : ITenantSecrets
    {
        private readonly RedisOwnerSecrets _secrets = new(owner.Link, owner._keys, owner._time, owner._settings.Replicas);
        private int _told;

        public Task<byte[]?> GetOrAddAsync(TenantId tenant, string name, Func<byte[]?> make, CancellationToken cancellation) => _secrets.GetOrAddAsync(
            tenant.Value, name, make,
            failure =>
            {
                if (Interlocked.Exchange(ref _told, 1) == 0)
                    owner.LogUnkept(failure, tenant.Value, name);
            },
            cancellation);
    }

    [LoggerMessage(1, LogLevel.Error, "Vault {Vault} of tenant {Tenant} ({Rule}): {Reason}")]
    private partial void LogFinding(string tenant, string vault, string rule, string reason);

    [LoggerMessage(2, LogLevel.Warning, "Vault {Vault} of tenant {Tenant} could not be added to the list of its tenant's vaults")]
    private partial void LogUnlisted(Exception failure, string tenant, string vault);

    [LoggerMessage(3, LogLevel.Warning, "The secret {Name} of tenant {Tenant} cannot be kept in Redis, so its checkpoints have the signatures of vaults alone")]
    private partial void LogUnkept(Exception failure, string tenant, string name);
}
