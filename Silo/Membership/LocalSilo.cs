using System.Globalization;
using System.Net;
using Granary.Vault.Redis.Connections;
using Microsoft.Extensions.Options;
using Orleans.Clustering.Redis;
using Orleans.Configuration;
using StackExchange.Redis;

namespace Granary.Silo.Membership;

/// <summary>
/// Who this silo is, in place of Orleans' own. Orleans numbers the starts of a silo by the clock, and of two at one address it takes the one with the higher number for the later. A host
/// whose clock had been ahead and was put right could not join again until that time had come: this one goes on counting from the highest number that its address has had.
/// </summary>
internal sealed class LocalSilo : ILocalSiloDetails
{
    private readonly Lazy<SiloAddress> _address;
    private readonly Lazy<SiloAddress> _gateway;

    public LocalSilo(
        IOptions<SiloOptions> silo, IOptions<ClusterOptions> cluster, IOptions<EndpointOptions> endpoints, IOptions<RedisClusteringOptions> members, RedisLink link)
    {
        (Name, ClusterId, DnsHostName) = (silo.Value.SiloName, cluster.Value.ClusterId, Dns.GetHostName());
        var own = endpoints.Value;
        _address = new(() =>
        {
            var clock = SiloAddress.New(own.AdvertisedIPAddress, own.SiloPort, SiloAddress.AllocateNewGeneration());
            return SiloAddress.New(clock.Endpoint, Math.Max(clock.Generation, 1 + HighestBefore(link, members.Value.CreateRedisKey(cluster.Value), clock.Endpoint)));
        });
        _gateway = new(() => own.GatewayPort == 0 ? null! : SiloAddress.New(own.AdvertisedIPAddress, own.GatewayPort, 0));
    }

    /// <inheritdoc />
    public string Name { get; }

    /// <inheritdoc />
    public string ClusterId { get; }

    /// <inheritdoc />
    public string DnsHostName { get; }

    /// <inheritdoc />
    public SiloAddress SiloAddress => _address.Value;

    /// <inheritdoc />
    public SiloAddress GatewayAddress => _gateway.Value;

    /// <summary>The highest number of this address in the table of members; 0 where it has none, or Redis does not answer yet and the clock must do.</summary>
    private static int HighestBefore(RedisLink link, RedisKey members, IPEndPoint endpoint)
    {
        var own = $"S{endpoint}:";
        try
        {
            return link.Database.HashKeys(members)
                .Select(member => member.ToString())
                .Where(member => member.StartsWith(own, StringComparison.Ordinal))
                .Select(member => int.TryParse(member.AsSpan(own.Length), CultureInfo.InvariantCulture, out var number) && number < int.MaxValue ? number : 0)
                .DefaultIfEmpty().Max();
        }
        catch (Exception failure) when (failure is RedisException or TimeoutException)
        {
            return 0;
        }
    }
}
