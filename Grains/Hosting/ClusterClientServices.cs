using Granary.Grains.Client;
using Granary.Grains.Connections;
using Granary.Grains.Redis;
using Granary.Grains.WarmUp;
using Granary.Tenants;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Orleans.Clustering.Redis;
using Orleans.Configuration;

namespace Granary.Grains.Hosting;

/// <summary>Makes a process a client of the cluster.</summary>
public static class ClusterClientServices
{
    /// <summary>
    /// Registers <see cref="ITenants"/> over the cluster and <see cref="ClusterConnection"/>. The client connects when the host starts, and waits for
    /// silos as long as it takes.
    /// </summary>
    /// <param name="services">The process's services.</param>
    /// <param name="settings">The cluster.</param>
    /// <param name="patience">How long a call may take in all.</param>
    public static IServiceCollection AddClusterTenants(this IServiceCollection services, ClusterSettings settings, TimeSpan patience)
    {
        services.AddOrleansClient(client => client
            .Configure<ClusterOptions>(cluster =>
            {
                cluster.ClusterId = settings.ClusterId;
                cluster.ServiceId = settings.ServiceId;
            })
            .UseRedisClustering(redis => redis.ConfigurationOptions = settings.RedisOptions())
            .Configure<ClientMessagingOptions>(messaging =>
            {
                messaging.ResponseTimeout = ClusterSettings.ResponseTimeout;
                messaging.CancelRequestOnTimeout = true;
            })
            // How soon calls leave a silo that was declared dead without its connection having ended.
            .Configure<GatewayOptions>(gateways => gateways.GatewayListRefreshPeriod = TimeSpan.FromSeconds(1))
            .UseConnectionRetryFilter<WaitForSilos>()
            .AddActivityPropagation());
        services.AddSingleton(settings).AddHandshake(settings.Secret, settings.IsOpen);
        services.SecureClient(settings.Tls);
        services.AddHostedService<InsecureWarning>();
        services.AddOptions<RedisClusteringOptions>().Configure<IServiceProvider>((redis, s) => SharedRedis.Use(redis, s));
        services.AddHostedService<ClusterWarmUp>();
        return services.AddTenantsOverClient(new ClusterClientOptions { Patience = patience });
    }

    /// <summary>Registers what uses an Orleans client, however it was configured.</summary>
    internal static IServiceCollection AddTenantsOverClient(this IServiceCollection services, ClusterClientOptions options)
    {
        services.AddSingleton<ClusterConnection>();
        services.TryAddSingleton<RedisSilence>();
        services.AddSingleton<IClusterConnectionStatusObserver>(s => s.GetRequiredService<ClusterConnection>());
        services.AddHostedService<ClusterReconnect>();
        services.AddSingleton(options).AddSingleton<RepeatBudget>().AddSingleton<CallLoad>();
        services.AddSingleton<ClusterCalls>().AddSingleton<ClusterCommitFeed>();
        return services.AddSingleton<ITenants, ClusterTenants>().AddSingleton<ISharedLimits, ClusterLimits>();
    }

    private sealed class WaitForSilos(ClusterRefusals refusals, TimeProvider time) : IClientConnectionRetryFilter
    {
        public async Task<bool> ShouldRetryConnectionAttempt(Exception exception, CancellationToken cancellationToken)
        {
            // Waiting would not help: one of the two must be given another secret.
            if (refusals.Last is { } sentence)
                throw new ClusterRefusedException(sentence);
            await Task.Delay(TimeSpan.FromMilliseconds(500), time, cancellationToken);
            return true;
        }
    }
}
