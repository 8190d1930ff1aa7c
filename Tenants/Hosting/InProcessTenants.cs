using Granary.Instana;
using Granary.Tenants.Vaults;
using Granary.Vault.Psmc;
using Granary.Vault.Storage.Files;
using Microsoft.Extensions.Logging;

namespace Granary.Tenants.Hosting;

/// <summary>The tenants in this process. Dispose it to finish what is under way and close every vault.</summary>
public sealed class InProcessTenants : ITenants, IAsyncDisposable
{
    private readonly InProcessTenantsOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ActivationTable<(TenantId, VaultName), VaultActivation> _vaults;
    private readonly ActivationTable<(TenantId, InstanaConnection), IInstana> _connections;
    private readonly ITimer _collector;
    private readonly SharedCommitLog _commits;
    private readonly CommitWatchers _watchers;

    /// <summary>Creates the host; nothing is opened before the first call.</summary>
    public InProcessTenants(InProcessTenantsOptions options, TimeProvider time, ILogger<InProcessTenants> logger)
    {
        _options = options;
        _time = time;
        _logger = logger;
        _commits = new SharedCommitLog(options.DataFolder, time, logger);
        _watchers = new CommitWatchers(options.Feed);
        _vaults = new(Activate, options.MaxActivations, options.IdleAfter, time);
        _connections = new(Connect, options.MaxActivations, options.IdleAfter, time);
        var period = options.IdleAfter / 4;
        _collector = time.CreateTimer(_ => Collect(), null, period, period);
    }

    /// <summary>How many vaults are open or were used a short while ago.</summary>
    public int ActiveVaults => _vaults.Count;

    /// <summary>How many Instana connections are in use or were a short while ago.</summary>
    public int ActiveConnections => _connections.Count;

    /// <inheritdoc />
    public IVault Vault(TenantId tenant, VaultName vault) => new VaultHandle(_vaults, (tenant, vault));

    /// <inheritdoc />
    public IInstana Instana(TenantId tenant, InstanaConnection connection) => new InstanaHandle(_connections, (tenant, connection));

    /// <inheritdoc />
    public IDisposable Watch(TenantId tenant, Action<VaultCommitted> committed) => _watchers.Watch(tenant, committed);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _collector.DisposeAsync();
        await _vaults.DisposeAsync();
        await _connections.DisposeAsync();
        await _commits.DisposeAsync();
    }

    private void Collect()
    {
        _ = _vaults.CollectAsync();
        _ = _connections.CollectAsync();
    }

    private VaultActivation Activate((TenantId Tenant, VaultName Vault) key)
    {
        var (tenant, vault) = key;
        return new VaultActivation(
            vault, (_options.CreateStore ?? OnFiles)(tenant, vault), _options.Vaults, _time, _logger,
            (from, count) => _watchers.Committed(new VaultCommitted(tenant, vault, from + count)));
    }

    private FileVaultStore OnFiles(TenantId tenant, VaultName vault)
    {
        var home = Path.Combine(_options.DataFolder, tenant.Value);
        return new FileVaultStore(new FileVaultOptions
        {
            Folder = Path.Combine(home, "vaults", vault.ToFileName()),
            StateFolder = Path.Combine(home, "state", vault.ToFileName()),
            Format = PsmcFormat.Instance,
            Commits = _commits.Get,
            IdempotencyKeys = _options.IdempotencyKeysPerVault,
            Time = _time,
        });
    }

    private IInstana Connect((TenantId Tenant, InstanaConnection Connection) key) =>
        _options.CreateInstana is { } create
            ? create(key.Tenant, key.Connection)
            : throw new TenantException(TenantFailure.Unavailable, "This gateway is not configured to reach Instana backends.");
}
