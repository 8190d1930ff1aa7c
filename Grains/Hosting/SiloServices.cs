using Granary.Grains.Activations;
using Granary.Grains.Calls;
using Granary.Grains.Contracts;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Grains.Hosting;

/// <summary>What every silo has, however it is hosted.</summary>
public static class SiloServices
{
    /// <summary>Registers the grains' parts; the host adds membership, directory and endpoints.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="tenants">What its activations are made of.</param>
    /// <param name="maxCallsPerTenant">How many calls of one tenant may be under way in this silo.</param>
    public static ISiloBuilder AddTenantGrains(this ISiloBuilder silo, Func<IServiceProvider, SiloTenants> tenants, int maxCallsPerTenant)
    {
        silo.Services.AddSingleton(tenants);
        silo.Services.AddSingleton<GrainRoute<ICommitsGrain>>();
        silo.Services.AddSingleton(new SiloAdmission(maxCallsPerTenant));
        // Well within the time a message may wait, so that an unfinished turn is told and not timed out.
        silo.Services.AddSingleton(s => new LongCalls(ClusterSettings.ResponseTimeout * 0.4, s.GetRequiredService<TimeProvider>()));
        return silo.AddIncomingGrainCallFilter<TenantCallFilter>().AddActivityPropagation();
    }
}
