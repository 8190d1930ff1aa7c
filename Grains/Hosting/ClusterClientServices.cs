using Granary.Grains.Client;
using Granary.Tenants;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using StackExchange.Redis;

namespace Granary.Grains.Hosting;

/// <summary>Makes a process a client of the cluster.</summary>
public static class ClusterClientServices
{
    /// <summary>
    /// Registers <see cref="ITenants"/> over the cluster and <see cref="ClusterConnection"/>. The client connects when the host starts, and waits for
    /// silos as long as it takes.
    /// </summary>
    public static IServiceCollection AddClusterTenants(this IServiceCollection services, ClusterSettings settings)
    {
        services.AddOrleansClient(client => client
            .Configure<ClusterOptions>(cluster =>
            {
                cluster.ClusterId = settings.ClusterId;
                cluster.ServiceId = settings.ServiceId;
            })
            .UseRedisClustering(redis => redis.ConfigurationOptions = Redis(settings))
            .UseClusterTls(settings)
            .Configure<ClientMessagingOptions>(messaging => messaging.ResponseTimeout = ClusterSettings.ResponseTimeout)
            .Configure<GatewayOptions>(gateways => gateways.GatewayListRefreshPeriod = TimeSpan.FromSeconds(2))
            .UseConnectionRetryFilter<WaitForSilos>()
            .AddActivityPropagation());
        return services.AddTenantsOverClient();
    }

    /// <summary>Registers what stands on an Orleans client, whoever configured it.</summary>
    internal static IServiceCollection AddTenantsOverClient(this IServiceCollection services)
    {
        services.AddSingleton<ClusterConnection>();
        services.AddSingleton<IClusterConnectionStatusObserver>(s => s.GetRequiredService<ClusterConnection>());
        services.AddHostedService<ClusterReconnect>();
        services.AddSingleton(new ClusterClientOptions());
        services.AddSingleton<ClusterCalls>().AddSingleton<ClusterCommitFeed>();
        return services.AddSingleton<ITenants, ClusterTenants>();
    }

    internal static ConfigurationOptions Redis(ClusterSettings settings)
    {
        var options = ConfigurationOptions.Parse(settings.Redis);
        options.AbortOnConnectFail = false;
        return options;
    }

    private static IClientBuilder UseClusterTls(this IClientBuilder client, ClusterSettings settings) =>
        settings.Tls is { } tls ? client.UseTls(tls.Apply) : client;

    private sealed class WaitForSilos(TimeProvider time) : IClientConnectionRetryFilter
    {
        public async Task<bool> ShouldRetryConnectionAttempt(Exception exception, CancellationToken cancellationToken)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(500), time, cancellationToken);
            return true;
        }
    }
}
