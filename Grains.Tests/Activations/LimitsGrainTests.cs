using Granary.Grains.Activations;
using Granary.Grains.Tests.Support;
using Granary.Tenants;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Granary.Grains.Tests.Activations;

public sealed class LimitsGrainTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void A_bucket_fills_by_its_rate_and_holds_its_burst()
    {
        var bucket = new TokenBucket(_time, 20);
        Take(bucket, 15).ShouldBe(new LimitGrant(15, TimeSpan.Zero));
        Take(bucket, 15).ShouldBe(new LimitGrant(5, TimeSpan.FromMilliseconds(100)));
        Take(bucket, 1).ShouldBe(new LimitGrant(0, TimeSpan.FromMilliseconds(100)));
        _time.Advance(TimeSpan.FromMilliseconds(50));
        Take(bucket, 1).Tokens.ShouldBe(0);
        _time.Advance(TimeSpan.FromMilliseconds(50));
        Take(bucket, 1).Tokens.ShouldBe(1);
        _time.Advance(TimeSpan.FromHours(1));
        bucket.IsFull(_time.GetTimestamp()).ShouldBeTrue();
        Take(bucket, 1000).Tokens.ShouldBe(20);

        LimitGrant Take(TokenBucket from, long wanted) => from.Take(10, 20, wanted, _time.GetTimestamp());
    }

    [Theory]
    [InlineData(-5, 10)]
    [InlineData(0, 10)]
    [InlineData(long.MaxValue, 10)]
    public void What_makes_no_sense_takes_no_more_than_there_is(long wanted, long burst) =>
        new TokenBucket(_time, burst).Take(0, burst, wanted, _time.GetTimestamp()).Tokens.ShouldBeInRange(0, burst);

    [Fact]
    public async Task Gateways_share_a_tenants_bucket_and_no_other()
    {
        await using var cluster = await TestCluster.StartAsync();
        var limits = cluster.Silos.Client.ServiceProvider.GetRequiredService<ISharedLimits>();
        var bucket = new LimitBucket("key/one", 1, 1000);
        var (acme, globex) = (TenantId.Parse("acme"), TenantId.Parse("globex"));
        await ClusterConnectedAsync(cluster);
        // A token a second comes back meanwhile; the second round is far from a thousand of them.
        (await limits.TakeAsync(acme, bucket, 600)).Tokens.ShouldBe(600);
        (await limits.TakeAsync(acme, bucket, 600)).Tokens.ShouldBeInRange(400, 599);
        (await limits.TakeAsync(acme, bucket with { Name = "key/two" }, 600)).Tokens.ShouldBe(600);
        (await limits.TakeAsync(globex, bucket, 600)).Tokens.ShouldBe(600);
    }

    private static Task ClusterConnectedAsync(TestCluster cluster)
    {
        var connection = cluster.Silos.Client.ServiceProvider.GetRequiredService<Granary.Grains.Client.ClusterConnection>();
        return Client.ClusterVaultTests.WaitUntilAsync(() => connection.IsConnected);
    }
}
