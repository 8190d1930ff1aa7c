using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Configuration;
using Orleans.Runtime.Placement;

namespace Granary.Silo.Membership;

/// <summary>How silos find, judge and spare each other.</summary>
internal static class MembershipServices
{
    public static ISiloBuilder AddPeers(this ISiloBuilder silo, TimeSpan probeTimeout)
    {
        silo.Configure<ClusterMembershipOptions>(membership => MembershipSettings.Apply(membership, probeTimeout));
        silo.Services.Replace(ServiceDescriptor.Singleton<IFatalErrorHandler, FatalEnd>());
        silo.Services.Replace(ServiceDescriptor.Singleton<ILocalSiloDetails, LocalSilo>());
        silo.Services.AddSingleton<PeerConnections>();
        silo.Configure<SiloConnectionOptions>(connections =>
        {
            connections.ConfigureSiloOutboundConnection(
                connection => connection.Use(connection.ApplicationServices.GetRequiredService<PeerConnections>().ObserveOutbound));
            connections.ConfigureSiloInboundConnection(
                connection => connection.Use(connection.ApplicationServices.GetRequiredService<PeerConnections>().ObserveInbound));
        });
        // In place of the default strategy's director, and with it inside: a strategy of our own would be a name that silos of the version before do not know.
        var director = silo.Services.Last(service =>
            service.ServiceType == typeof(IPlacementDirector) && Equals(service.ServiceKey, typeof(ResourceOptimizedPlacement)));
        silo.Services.Remove(director);
        silo.Services.AddKeyedSingleton<IPlacementDirector>(typeof(ResourceOptimizedPlacement), (services, _) => new GradualPlacement(
            (IPlacementDirector)ActivatorUtilities.CreateInstance(services, director.KeyedImplementationType!), services.GetRequiredService<TimeProvider>()));
        return silo;
    }
}
