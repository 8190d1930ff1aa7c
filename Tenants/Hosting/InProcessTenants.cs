using Granary.Instana.Connections;
using Granary.Tenants.Vaults;
using Granary.Tenants.Vaults.Signing;
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
    private readonly FileVaults? _files;
    private readonly IVaultStores _places;
    private readonly CommitWatchers _watchers = new(feed: null);

    /// <summary>Creates the host; nothing is opened before the first call.</summary>
    public InProcessTenants(InProcessTenantsOptions options, TimeProvider time, ILogger<InProcessTenants> logger)
    {
        _options = options;
        _time = time;
        _logger = logger;
        if (options.Places is null)
        {
            var folder = options.DataFolder ?? throw new ArgumentException("Without a data folder, Places says where vaults lie.", nameof(options));
            _files = new FileVaults(folder, options.IdempotencyKeysPerVault, time, logger, options.Mounted);
        }
        _places = VaultQuota.Over(options.Places ?? _files!, options.MaxVaultsPerTenant, options.MaxEventsPerVault, options.Mounted);
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
    public Task<VaultPage> ListVaultsAsync(TenantId tenant, VaultListing listing, CancellationToken cancellation) =>
        _places.ListAsync(tenant, listing, cancellation);

    /// <inheritdoc />
    public IDisposable Watch(TenantId tenant, Action<VaultCommitted> committed) => _watchers.Watch(tenant, committed);

    /// <summary>Has the vaults stamped by the authorities of <see cref="VaultActivationOptions.Anchors"/>, until it is cancelled.</summary>
    public Task AnchorAsync(CancellationToken stop) => _options.Vaults.Anchors is { } plan
        ? new AnchorSchedule(plan, _places, Vault, () => true, _time, _logger).RunAsync(stop)
        : Task.CompletedTask;

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _collector.DisposeAsync();
        (_places as VaultQuota)?.Dispose();
        await _vaults.DisposeAsync();
        await _connections.DisposeAsync();
        if (_files is not null)
            await _files.DisposeAsync();
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
            vault, _places.Create(tenant, vault), _options.Holds.Apply(_options.Vaults, tenant, vault), _time, _logger,
            (from, count) => _watchers.Committed(new VaultCommitted(tenant, vault, from + count)), new TenantSigner(tenant, vault, _places.Secrets));
    }

    private IInstana Connect((TenantId Tenant, InstanaConnection Connection) key) =>
        _options.CreateInstana is { } create
            ? create(key.Tenant, key.Connection)
            : throw new TenantException(TenantFailure.Unavailable, "Nothing is configured here to reach Instana backends.");
}
