using Granary.Grains.Activations;
using Granary.Grains.Calls;
using Granary.Grains.Connections;
using Granary.Grains.Contracts;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;

namespace Granary.Grains.Hosting;

/// <summary>What every silo has, however it is hosted.</summary>
public static class SiloServices
{
    /// <summary>Lets in who proves to be of the cluster, on the port for silos and on that for gateways.</summary>
    public static ISiloBuilder SecureConnections(this ISiloBuilder silo, ClusterSettings settings)
    {
        silo.Services.AddSingleton(settings).AddHandshake(settings.Secret, settings.IsOpen);
        silo.Services.SecureSilo(settings.Tls);
        silo.Services.AddHostedService<InsecureWarning>();
        return silo;
    }

    /// <summary>Registers the grains' parts; the host adds membership, directory and endpoints.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="tenants">What its activations are made of.</param>
    /// <param name="maxCallsPerTenant">How many calls of one tenant may be under way in this silo.</param>
    /// <param name="maxCalls">How many calls of all tenants may be.</param>
    public static ISiloBuilder AddTenantGrains(
        this ISiloBuilder silo, Func<IServiceProvider, SiloTenants> tenants, int maxCallsPerTenant, int maxCalls = 4096)
    {
        silo.Services.AddSingleton(tenants);
        silo.Services.AddSingleton<GrainRoute<ICommitsGrain>>();
        silo.Services.AddSingleton(new SiloAdmission(maxCallsPerTenant, maxCalls));
        silo.Services.AddSingleton(s => new LongCalls(
            ClusterSettings.Turn, s.GetRequiredService<SiloAdmission>(), s.GetRequiredService<TimeProvider>()));
        silo.Configure<SiloMessagingOptions>(messaging =>
        {
            messaging.ResponseTimeout = ClusterSettings.ResponseTimeout;
            messaging.CancelRequestOnTimeout = true;
        });
        // The span first: the filter says in it whose call it is.
        return silo.AddActivityPropagation().AddIncomingGrainCallFilter<TenantCallFilter>();
    }
}
