using System.Net;
using Granary.Grains.Activations;
using Granary.Grains.Hosting;
using Granary.Grains.Redis;
using Granary.Hosting.Health;
using Granary.Hosting.Lifecycle;
using Granary.Hosting.Telemetry;
using Granary.Silo.Configuration;
using Granary.Silo.Membership;
using Granary.Silo.WarmUp;
using Granary.Tenants.Hosting;
using Granary.Tenants.Instana;
using Granary.Tenants.Vaults;
using Granary.Tenants.Vaults.Anchoring;
using Granary.Vault.Redis.Connections;
using Microsoft.Extensions.Options;
using Orleans.Clustering.Redis;
using Orleans.Configuration;
using Orleans.Dashboard;
using StackExchange.Redis;

namespace Granary.Silo.Hosting;

/// <summary>Builds a silo.</summary>
public static class SiloHost
{
    /// <summary>Builds it, ready to run.</summary>
    public static WebApplication Build(SiloSettings options)
    {
        var builder = ProgramHost.CreateBuilder(typeof(SiloHost).Assembly, options);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(options.HealthAddress, options.HealthPort);
            if (options.MetricsPort is { } metrics)
                kestrel.Listen(options.HealthAddress, metrics);
            if (options.AdminPort is { } port)
                kestrel.Listen(options.HealthAddress, port);
        });
        QuietOrleans(builder.Logging);
        builder.Services.AddSingleton(TimeProvider.System).AddSingleton(options);
        builder.Services.AddProbes();
        builder.Services.AddSingleton(s => new TenantBackends(
            options.Instana, options.Redis.Keys, s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILoggerFactory>()));
        builder.Services.AddSingleton(s => new InstanaActivationFactory(
            options.Instana, s.GetRequiredService<TenantBackends>(), s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILoggerFactory>()));
        builder.Services.AddSingleton(options.Redis).AddSingleton(_ => RedisLink.Connect(options.Redis.Configuration, options.Redis.Prefix));
        builder.Services.AddSingleton<RedisVaults>().AddSingleton<RedisGreeting>().AddSingleton<SiloWarmUp>();
        builder.Services.AddSingleton<RedisSilence>().AddSingleton<RedisPulse>().AddHostedService(s => s.GetRequiredService<RedisPulse>()).AddSingleton<IReadiness>(s => s.GetRequiredService<RedisPulse>());
        builder.Services.AddOrleans(silo => Configure(silo, options));
        builder.Services.AddHostedService<PeerWatch>().AddHostedService<DirectorySweep>();
        builder.Services.AddHostedService<SiloLifecycle>();
        var anchors = AnchorPlan.Read(options.AnchorFile, TimeProvider.System);
        if (anchors is not null)
            builder.Services.AddSingleton(anchors).AddHostedService<AnchorService>();
        if (options.Redis.Archive is not null)
            builder.Services.AddHostedService<ArchiveService>();
        builder.AddTelemetry(options.Telemetry, "granary-silo", beginsTraces: false, options.MetricsPort);
        var app = builder.Build();
        if (options.MetricsPort is { } metrics)
            app.UseMetricsPort(metrics, IPAddress.IsLoopback(options.HealthAddress), []);
        Map(app, options);
        return app;
    }

    private static void Configure(ISiloBuilder silo, SiloSettings options)
    {
        var redis = ConfigurationOptions.Parse(options.Cluster.Redis);
        silo.Configure<ClusterOptions>(cluster =>
        {
            cluster.ClusterId = options.Cluster.ClusterId;
            cluster.ServiceId = options.Cluster.ServiceId;
        });
        silo.ConfigureEndpoints(options.Address, options.SiloPort, options.GatewayPort);
        if (options.SiloListenPort != options.SiloPort)
            silo.Configure<EndpointOptions>(endpoints => endpoints.SiloListeningEndpoint = new IPEndPoint(options.Address, options.SiloListenPort));
        // One connection for everything: that of the vaults. The configuration beside it is only looked at by Orleans' checks.
        silo.UseRedisClustering(members => members.ConfigurationOptions = redis);
        silo.Services.AddOptions<RedisClusteringOptions>().Configure<RedisLink>(
            (members, link) => members.CreateMultiplexer = _ => Task.FromResult((link.Connection, true)));
        silo.UseRedisGrainDirectoryAsDefault((OptionsBuilder<RedisGrainDirectoryOptions> o) => o.Configure<RedisLink>((directory, link) =>
        {
            directory.ConfigurationOptions = redis;
            directory.CreateMultiplexer = _ => Task.FromResult((link.Connection, true));
        }));
        // Before the peers are watched: one that is refused was none.
        silo.SecureConnections(options.Cluster);
        silo.AddPeers(options.ProbeTimeout);
        silo.AddRebalancing();
        silo.Configure<GrainCollectionOptions>(collection =>
        {
            collection.CollectionAge = options.IdleAfter;
            collection.CollectionQuantum = options.IdleAfter < TimeSpan.FromMinutes(2) ? options.IdleAfter / 2 : TimeSpan.FromMinutes(1);
        });
        if (options.AdminPort is not null)
            silo.AddDashboard();
        silo.AddTenantGrains(
            s => new SiloTenants
            {
                Places = VaultQuota.Over(s.GetRequiredService<RedisVaults>(), options.MaxVaultsPerTenant, options.MaxEventsPerVault),
                CreateInstana = s.GetRequiredService<InstanaActivationFactory>().Create,
                Holds = options.Holds,
                Vaults = new VaultActivationOptions { Anchors = s.GetService<AnchorPlan>() },
            },
            options.MaxCallsPerTenant,
            options.MaxCalls);
    }

    /// <summary>
    /// Each port serves one thing, whatever host a request names: the port is where it arrived, a name is what it says. The admin port is a pipeline of
    /// its own, in which the key is asked for before anything else; the health port knows no dashboard.
    /// </summary>
    private static void Map(WebApplication app, SiloSettings options)
    {
        app.UseAnswerHeaders();
        if (options is { AdminPort: { } port, AdminKey: { } key })
        {
            var gate = new AdminGate(key, app.Services.GetRequiredService<ILogger<AdminGate>>());
            app.MapWhen(context => context.Connection.LocalPort == port, admin =>
            {
                admin.Use(next => context => gate.InvokeAsync(context, next));
                admin.UseRouting();
                admin.UseEndpoints(endpoints => endpoints.MapOrleansDashboard());
            });
        }
        app.UseRouting();
        app.MapProbes("\"server\":\"granary-silo\"", withStatus: false);
    }

    private static void QuietOrleans(ILoggingBuilder logging)
    {
        // At every start: advice on the collector, and a check that takes the machine's uptime for a delay.
        // And on a busy machine, a line for everything that took a second.
        logging.AddFilter("Orleans.Runtime.Scheduler", LogLevel.Error);
        logging.AddFilter("Orleans.Runtime.Silo", LogLevel.Error).AddFilter("Orleans.Runtime.Watchdog", LogLevel.Error);
    }
}
