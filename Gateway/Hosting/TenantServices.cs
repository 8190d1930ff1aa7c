using Granary.Gateway.Configuration;
using Granary.Grains.Redis;
using Granary.Hosting.Health;
using Granary.Tenants;
using Granary.Tenants.Hosting;
using Granary.Tenants.Instana;
using Granary.Vault.Redis.Connections;

namespace Granary.Gateway.Hosting;

/// <summary>The one place where the gateway picks what is behind <see cref="ITenants"/>.</summary>
internal static class TenantServices
{
    /// <exception cref="InvalidDataException">This build does not have the shape that is asked for, or a setting of it is missing.</exception>
    public static IServiceCollection AddTenants(this IServiceCollection services, GatewayOptions options)
    {
        if (options.Redis is { } redis)
            services.AddRedis(redis);
        return options.Shape == Shape.Cluster ? services.AddSilos(options) : services.AddInProcess(options);
    }

    private static IServiceCollection AddInProcess(this IServiceCollection services, GatewayOptions options)
    {
        services.AddSingleton(s => new InstanaActivationFactory(
            options.Instana, s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILoggerFactory>()));
        return services.AddSingleton<ITenants>(s => new InProcessTenants(
            new InProcessTenantsOptions
            {
                DataFolder = options.DataFolder,
                MaxVaultsPerTenant = options.MaxVaultsPerTenant,
                MaxEventsPerVault = options.MaxEventsPerVault,
                Mounted = options.MountedVault is { } mounted ? new MountedVault(mounted) : null,
                CreateInstana = s.GetRequiredService<InstanaActivationFactory>().Create,
            },
            s.GetRequiredService<TimeProvider>(),
            s.GetRequiredService<ILogger<InProcessTenants>>()));
    }

    private static void AddRedis(this IServiceCollection services, RedisSettings settings)
    {
        services.AddSingleton(settings);
        services.AddSingleton(_ => RedisLink.Connect(settings.Configuration, settings.Prefix));
        services.AddSingleton<RedisGreeting>().AddSingleton<RedisStart>();
        services.AddSingleton<IReadiness>(s => s.GetRequiredService<RedisStart>());
        services.AddHostedService(s => s.GetRequiredService<RedisStart>());
        services.AddSingleton<RedisPulse>().AddHostedService(s => s.GetRequiredService<RedisPulse>());
        services.AddSingleton<IReadiness>(s => s.GetRequiredService<RedisPulse>());
    }

    private static IServiceCollection AddSilos(this IServiceCollection services, GatewayOptions options)
    {
        // Probes are answered while the client still waits for silos.
        services.Configure<HostOptions>(host => host.ServicesStartConcurrently = true);
        services.AddSingleton<IReadiness, SiloReadiness>();
        return Granary.Grains.Hosting.ClusterClientServices.AddClusterTenants(
            services, Granary.Grains.Hosting.ClusterSettings.Read(options.Environment, Granary.Grains.Connections.ClusterRole.Gateway), options.CallTimeout);
    }

    private sealed class SiloReadiness(Granary.Grains.Client.ClusterConnection silos) : IReadiness
    {
        public bool IsReady => silos.IsReady;
    }
}
