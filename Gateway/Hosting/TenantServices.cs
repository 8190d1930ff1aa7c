using Granary.Gateway.Configuration;
using Granary.Grains.Redis;
using Granary.Hosting.Health;
using Granary.Tenants;
using Granary.Tenants.Hosting;
using Granary.Tenants.Instana;
using Granary.Tenants.Vaults;
using Granary.Tenants.Vaults.Anchoring;
using Granary.Vault.Keys;
using Granary.Vault.Redis.Connections;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Granary.Gateway.Hosting;

/// <summary>The one place where the gateway picks what is behind <see cref="ITenants"/>.</summary>
internal static class TenantServices
{
    /// <exception cref="InvalidDataException">This build does not have the shape that is asked for, or a setting of it is missing.</exception>
    public static IServiceCollection AddTenants(this IServiceCollection services, GatewayOptions options)
    {
        if (options.Redis is { } redis)
            services.AddRedis(redis);
        // A gateway of a cluster names units; silos open their credentials.
        services.AddSingleton(s => new TenantBackends(
            options.Instana, options.Shape == Shape.Standalone ? ReadKeys(options) : null, s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILoggerFactory>()));
        services.AddSingleton<IReadiness, BackendsReadiness>();
        return options.Shape == Shape.Cluster ? services.AddSilos(options) : services.AddInProcess(options);
    }

    private static IServiceCollection AddInProcess(this IServiceCollection services, GatewayOptions options)
    {
        services.AddSingleton(s => new InstanaActivationFactory(
            options.Instana, s.GetRequiredService<TenantBackends>(), s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILoggerFactory>()));
        if (options.AnchorFile is not null)
            services.AddHostedService<VaultAnchoring>();
        return services.AddSingleton<ITenants>(s => new InProcessTenants(
            new InProcessTenantsOptions
            {
                DataFolder = options.DataFolder,
                MaxVaultsPerTenant = options.MaxVaultsPerTenant,
                MaxEventsPerVault = options.MaxEventsPerVault,
                Holds = options.Holds,
                Mounted = options.MountedVault is { } mounted ? new MountedVault(mounted) : null,
                CreateInstana = s.GetRequiredService<InstanaActivationFactory>().Create,
                Vaults = new VaultActivationOptions { Anchors = AnchorPlan.Read(options.AnchorFile, s.GetRequiredService<TimeProvider>()) },
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
        services.TryAddSingleton<RedisSilence>();
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

    private static KeyRing? ReadKeys(GatewayOptions options) => options.Instana.TenantsFile is null
        ? null
        : KeyEncryptionKeys.Read(options.Environment) ?? throw new InvalidDataException(
            $"INSTANA_TENANTS needs GRANARY_KEK or GRANARY_KEK_FILE, by which the tokens in it are sealed. {KeyEncryptionKeys.Help}");

    private sealed class BackendsReadiness(TenantBackends backends) : IReadiness
    {
        public bool IsReady => backends.IsReady;
    }

    private sealed class SiloReadiness(Granary.Grains.Client.ClusterConnection silos) : IReadiness
    {
        public bool IsReady => silos.IsReady;
    }
}
