using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;

namespace Granary.Grains.Connections;

/// <summary>What every connection between processes goes through: TLS first where it is configured, then the proof of the secret. One that ends without a word is none.</summary>
internal static class ClusterConnections
{
    public static void AddHandshake(this IServiceCollection services, ClusterSecret? secret, bool isOpen)
    {
        services.AddSingleton<ClusterRefusals>();
        services.AddSingleton(s => new ClusterHandshake(
            secret, isOpen, s.GetRequiredService<ClusterRefusals>(), s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<ClusterHandshake>>()));
    }

    /// <summary>A gateway's connections to silos.</summary>
    public static void SecureClient(this IServiceCollection services, ClusterTls? tls) =>
        services.AddOptions<ClientConnectionOptions>().Configure<ClusterHandshake>((options, handshake) => options.ConfigureConnection(connection =>
        {
            if (tls is not null)
                connection.UseClientTls(tls.For(ClusterRole.Silo));
            connection.Use(next => handshake.Connect(next, ClusterRole.Gateway));
        }));

    /// <summary>A silo's connections: to other silos, from them, and from gateways.</summary>
    public static void SecureSilo(this IServiceCollection services, ClusterTls? tls) =>
        services.AddOptions<SiloConnectionOptions>().Configure<ClusterHandshake>((options, handshake) =>
        {
            options.ConfigureSiloOutboundConnection(connection =>
            {
                if (tls is not null)
                    connection.UseClientTls(tls.For(ClusterRole.Silo));
                connection.Use(next => handshake.Connect(next, ClusterRole.Silo));
            });
            options.ConfigureSiloInboundConnection(connection => Accept(connection, ClusterRole.Silo));
            options.ConfigureGatewayInboundConnection(connection => Accept(connection, ClusterRole.Gateway));

            void Accept(IConnectionBuilder connection, ClusterRole role)
            {
                connection.Use(handshake.Greet);
                if (tls is not null)
                    connection.UseServerTls(tls.For(role));
                connection.Use(next => handshake.Accept(next, role));
            }
        });
}
