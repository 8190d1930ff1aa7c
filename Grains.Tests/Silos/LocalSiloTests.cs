using System.Net;
using Granary.Silo.Membership;
using Granary.Testing.Redis;
using Granary.Vault.Redis.Connections;
using Microsoft.Extensions.Options;
using Orleans.Clustering.Redis;
using Orleans.Configuration;

namespace Granary.Grains.Tests.Silos;

public sealed class LocalSiloTests : IDisposable
{
    private const int Port = 11111;

    private readonly RedisServer _redis = new("--appendfsync no");
    private readonly RedisLink _link;

    public LocalSiloTests() => _link = RedisLink.Connect(_redis.Configuration);

    [Fact]
    public async Task A_silo_whose_clock_has_gone_back_is_later_than_its_start_before()
    {
        var tomorrow = SiloAddress.New(IPAddress.Loopback, Port, SiloAddress.AllocateNewGeneration() + 86_400);
        var other = SiloAddress.New(IPAddress.Loopback, Port + 1, tomorrow.Generation + 86_400);
        foreach (var member in (string[])[$"{tomorrow}", $"{other}", $"S127.0.0.1:{Port}:odd", "Version"])
            await _link.Database.HashSetAsync("service/members/cluster", member, "{}");
        Create().SiloAddress.ShouldBe(SiloAddress.New(IPAddress.Loopback, Port, tomorrow.Generation + 1));
    }

    [Fact]
    public async Task A_silo_that_was_never_there_or_long_ago_goes_by_the_clock()
    {
        var now = SiloAddress.AllocateNewGeneration();
        await _link.Database.HashSetAsync("service/members/cluster", $"{SiloAddress.New(IPAddress.Loopback, Port, 1)}", "{}");
        var silo = Create();
        silo.SiloAddress.Generation.ShouldBeInRange(now, now + 600);
        silo.SiloAddress.ShouldBe(silo.SiloAddress);
        silo.GatewayAddress.ShouldBe(SiloAddress.New(IPAddress.Loopback, Port + 2, 0));
        (silo.Name, silo.ClusterId).ShouldBe(("one", "cluster"));
    }

    public void Dispose()
    {
        _link.Dispose();
        _redis.Dispose();
    }

    private LocalSilo Create() => new(
        Options.Create(new SiloOptions { SiloName = "one" }), Options.Create(new ClusterOptions { ClusterId = "cluster", ServiceId = "service" }),
        Options.Create(new EndpointOptions { AdvertisedIPAddress = IPAddress.Loopback, SiloPort = Port, GatewayPort = Port + 2 }), Options.Create(new RedisClusteringOptions()), _link);
}
