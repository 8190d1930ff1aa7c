using Granary.Grains.Activations;
using Granary.Grains.Calls;
using Granary.Grains.Client;
using Granary.Grains.Hosting;
using Granary.Grains.Redis;
using Granary.Instana.Connections;
using Granary.Tenants;
using Granary.Tenants.Vaults;
using Granary.Testing.Redis;
using Granary.Vault.Keys;
using Granary.Vault.Redis.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Configuration;
using Orleans.TestingHost;

namespace Granary.Grains.Tests.Support;

/// <summary>Silos in this process over a Redis of the test's own, and a client as a gateway has it.</summary>
internal sealed class TestCluster : IAsyncDisposable
{
    private readonly RedisServer _redis = new("--appendfsync everysec");
    private readonly RedisLink _link;
    private readonly KeyRing _keys = KeyRing.Parse(Convert.ToBase64String(new byte[32]));
    private readonly RedisVaults _places;

    private TestCluster()
    {
        _link = RedisLink.Connect(_redis.Configuration);
        var settings = new RedisSettings { Configuration = _redis.Configuration, Keys = _keys };
        _places = new RedisVaults(_link, settings, TimeProvider.System, NullLoggerFactory.Instance);
    }

    public InProcessTestCluster Silos { get; private set; } = null!;

    public ITenants Tenants => Silos.Client.ServiceProvider.GetRequiredService<ITenants>();

    public IVault this[string vault] => Tenants.Vault(TenantId.Default, VaultName.Parse(vault));

    public static async Task<TestCluster> StartAsync(
        short silos = 2,
        Func<TenantId, InstanaConnection, IInstana>? instana = null,
        int maxCallsPerTenant = 1024,
        TimeSpan? idleAfter = null,
        TimeProvider? siloTime = null,
        ClusterClientOptions? client = null,
        TimeSpan? turn = null,
        Action<ISiloBuilder>? configure = null)
    {
        var cluster = new TestCluster();
        var builder = new InProcessTestClusterBuilder(silos);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.AddTenantGrains(
                _ => new SiloTenants { Places = cluster._places, CreateInstana = instana ?? ((_, _) => throw new InvalidOperationException()) }, maxCallsPerTenant);
            if (turn is { } length)
                silo.Services.AddSingleton(s => new LongCalls(length, s.GetRequiredService<SiloAdmission>(), s.GetRequiredService<TimeProvider>()));
            silo.Services.AddSingleton(siloTime ?? TimeProvider.System);
            // Orleans asks for its clock by key. It mixes that clock with the system's, so a shifted one made silos end while they joined.
            silo.Services.AddKeyedSingleton(KeyedService.AnyKey, TimeProvider.System);
            silo.Configure<ClusterMembershipOptions>(membership =>
            {
                // Half a second and two misses killed silos that were only starting on a busy machine.
                membership.ProbeTimeout = TimeSpan.FromSeconds(2);
                membership.MaxProbeTimeout = TimeSpan.FromSeconds(3);
                membership.NumMissedProbesLimit = 3;
            });
            configure?.Invoke(silo);
            if (idleAfter is { } idle)
            {
                silo.Configure<GrainCollectionOptions>(collection =>
                {
                    collection.CollectionAge = idle;
                    collection.CollectionQuantum = idle / 2;
                });
            }
        });
        builder.ConfigureClient(gateway =>
        {
            gateway.Configure<ClientMessagingOptions>(messaging => messaging.ResponseTimeout = ClusterSettings.ResponseTimeout);
            gateway.Configure<GatewayOptions>(gateways => gateways.GatewayListRefreshPeriod = TimeSpan.FromSeconds(1));
            gateway.Services.AddSingleton(TimeProvider.System);
            gateway.AddActivityPropagation();
            gateway.Services.AddTenantsOverClient(client ?? new ClusterClientOptions());
        });
        cluster.Silos = builder.Build();
        await cluster.Silos.DeployAsync();
        return cluster;
    }

    public static AppendEvent Note(string text = "hello", string? key = null) =>
        new("note", System.Text.Encoding.UTF8.GetBytes($"{{\"text\":\"{text}\"}}")) { IdempotencyKey = key };

    /// <summary>An activation of a vault beside the cluster's, as a silo cut off from the others would have.</summary>
    public VaultActivation Stray(string vault)
    {
        var name = VaultName.Parse(vault);
        return new VaultActivation(name, _places.Create(TenantId.Default, name), new VaultActivationOptions(), TimeProvider.System, NullLogger.Instance);
    }

    /// <summary>How many calls are asked for with a ticket.</summary>
    public int UnderWay => Silos.Silos.Sum(silo => silo.ServiceProvider.GetRequiredService<LongCalls>().Count);

    /// <summary>How many calls have a place.</summary>
    public int Admitted => Silos.Silos.Sum(silo => silo.ServiceProvider.GetRequiredService<SiloAdmission>().Count);

    /// <summary>The silo that holds a vault.</summary>
    public async Task<InProcessSiloHandle> SiloOfAsync(string vault)
    {
        var grain = Silos.Client.GetGrain<Contracts.IVaultGrain>($"default/{vault}");
        var address = await Silos.Client.GetGrain<Orleans.Runtime.IManagementGrain>(0).GetActivationAddress(grain);
        return Silos.Silos.Single(silo => silo.SiloAddress.Equals(address));
    }

    public async ValueTask DisposeAsync()
    {
        await Silos.DisposeAsync();
        _link.Dispose();
        _redis.Dispose();
    }
}
