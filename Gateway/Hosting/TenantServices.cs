using Granary.Gateway.Configuration;
using Granary.Tenants;
using Granary.Tenants.Hosting;
using Granary.Tenants.Instana;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Granary.Gateway.Hosting;

/// <summary>The one place where the gateway picks what is behind <see cref="ITenants"/>.</summary>
internal static class TenantServices
{
    public static IServiceCollection AddTenants(this IServiceCollection services, GatewayOptions options)
    {
        services.AddSingleton(s => new InstanaActivationFactory(
            options.Instana, s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILoggerFactory>()));
        services.AddSingleton<ITenants>(s => new InProcessTenants(
            new InProcessTenantsOptions
            {
                DataFolder = options.DataFolder,
                CreateInstana = s.GetRequiredService<InstanaActivationFactory>().Create,
            },
            s.GetRequiredService<TimeProvider>(),
            s.GetRequiredService<ILogger<InProcessTenants>>()));
        return services;
    }
}
