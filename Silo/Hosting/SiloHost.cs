using System.Net;
using Granary.Grains.Activations;
using Granary.Grains.Hosting;
using Granary.Grains.Redis;
using Granary.Hosting.Telemetry;
using Granary.Silo.Configuration;
using Granary.Silo.Health;
using Granary.Tenants.Instana;
using Granary.Vault.Redis.Connections;
using Microsoft.Extensions.Logging.Console;
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
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = typeof(SiloHost).Assembly.GetName().Name });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(options.HealthAddress, options.HealthPort);
            if (options.MetricsPort is { } metrics)
                kestrel.Listen(options.HealthAddress, metrics);
            if (options.AdminPort is { } port)
                kestrel.Listen(options.HealthAddress, port);
        });
        builder.Services.AddRoutingCore();
        ConfigureLogging(builder.Logging, options.LogLevel);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.ShutdownTimeout);
        builder.Services.AddSingleton(TimeProvider.System).AddSingleton(options).AddSingleton<SiloState>();
        builder.Services.AddSingleton(s => new InstanaActivationFactory(
            options.Instana, s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILoggerFactory>()));
        builder.Services.AddSingleton(options.Redis).AddSingleton(_ => RedisLink.Connect(options.Redis.Configuration, options.Redis.Prefix));
        builder.Services.AddSingleton<RedisVaults>().AddSingleton<RedisGreeting>();
        builder.Services.AddOrleans(silo => Configure(silo, options));
        builder.Services.AddHostedService<SiloLifecycle>();
        if (options.MetricsPort is not null)
            builder.Services.AddMetricsPort();
        var app = builder.Build();
        if (options.MetricsPort is { } metrics)
            app.UseMetricsPort(metrics);
        Map(app, options);
        return app;
    }

    private static void Configure(ISiloBuilder silo, SiloSettings options)
    {
        var redis = ConfigurationOptions.Parse(options.Cluster.Redis);
        redis.AbortOnConnectFail = false;
        silo.Configure<ClusterOptions>(cluster =>
        {
            cluster.ClusterId = options.Cluster.ClusterId;
            cluster.ServiceId = options.Cluster.ServiceId;
        });
        silo.ConfigureEndpoints(options.Address, options.SiloPort, options.GatewayPort);
        if (options.SiloListenPort != options.SiloPort)
            silo.Configure<EndpointOptions>(endpoints => endpoints.SiloListeningEndpoint = new IPEndPoint(options.Address, options.SiloListenPort));
        silo.UseRedisClustering(o => o.ConfigurationOptions = redis);
        silo.UseRedisGrainDirectoryAsDefault(o => o.ConfigurationOptions = redis);
        silo.Configure<ClusterMembershipOptions>(Membership);
        silo.Configure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = ClusterSettings.ResponseTimeout);
        silo.Configure<GrainCollectionOptions>(collection =>
        {
            collection.CollectionAge = options.IdleAfter;
            collection.CollectionQuantum = options.IdleAfter < TimeSpan.FromMinutes(2) ? options.IdleAfter / 2 : TimeSpan.FromMinutes(1);
        });
        if (options.Cluster.Tls is { } tls)
            silo.UseTls(tls.Apply);
        if (options.AdminPort is not null)
            silo.AddDashboard();
        silo.AddTenantGrains(
            s => new SiloTenants
            {
                Places = s.GetRequiredService<RedisVaults>(),
                CreateInstana = s.GetRequiredService<InstanaActivationFactory>().Create,
            },
            options.MaxCallsPerTenant);
    }

    /// <summary>
    /// Recovers in seconds: a silo that misses two probes of a second each is voted out. Two votes, or half of the silos where there are fewer, so
    /// that one silo with a bad network does not evict the others.
    /// </summary>
    private static void Membership(ClusterMembershipOptions membership)
    {
        membership.ProbeTimeout = TimeSpan.FromSeconds(1);
        membership.NumMissedProbesLimit = 2;
        membership.NumVotesForDeathDeclaration = 2;
        membership.TableRefreshTimeout = TimeSpan.FromSeconds(5);
        membership.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(5);
        membership.DefunctSiloExpiration = TimeSpan.FromDays(1);
    }

    private static void Map(WebApplication app, SiloSettings options)
    {
        if (options is { AdminPort: { } port, AdminKey: { } key })
        {
            var gate = new AdminGate(port, key);
            app.UseWhen(gate.Guards, admin => admin.Use(next => context => gate.InvokeAsync(context, next)));
            app.UseRouting();
            app.MapOrleansDashboard().RequireHost($"*:{port}");
        }
        else
        {
            app.UseRouting();
        }
        app.MapHealth(app.Services.GetRequiredService<SiloState>());
    }

    private static void ConfigureLogging(ILoggingBuilder logging, LogLevel level)
    {
        logging.SetMinimumLevel(level);
        if (level > LogLevel.Debug)
            logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("Orleans", LogLevel.Warning).AddFilter("Polly", LogLevel.Warning);
        // A start that fails is said in one sentence by the program.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        // At every start: advice on the collector, and a check that takes the machine's uptime for a delay.
        logging.AddFilter("Orleans.Runtime.Silo", LogLevel.Error).AddFilter("Orleans.Runtime.Watchdog", LogLevel.Error);
        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
        });
        logging.Services.Configure<ConsoleLoggerOptions>(o => o.LogToStandardErrorThreshold = LogLevel.Trace);
    }
}
