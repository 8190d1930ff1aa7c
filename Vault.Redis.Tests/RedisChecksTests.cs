using Granary.Testing.Redis;
using Granary.Vault.Redis.Connections;

namespace Granary.Vault.Redis.Tests;

public sealed class RedisChecksTests
{
    [Theory]
    [InlineData("redis_version:6.0.16", "too old")]
    [InlineData("maxmemory_policy:allkeys-lru", "maxmemory-policy noeviction")]
    [InlineData("role:slave", "replica")]
    [InlineData("cluster_enabled:1", "min-replicas-to-write")]
    public void What_would_lose_or_damage_vaults_is_a_problem(string fact, string said) =>
        RedisChecks.Judge(Facts(fact), waitReplicas: 1).Problems.ShouldHaveSingleItem().ShouldContain(said);

    [Theory]
    [InlineData("aof_enabled:0", "appendonly yes")]
    [InlineData("aof_enabled:1 appendfsync:no", "half a minute")]
    [InlineData("aof_enabled:1 appendfsync:everysec", "two seconds")]
    public void What_can_be_lost_is_a_warning(string facts, string said)
    {
        var checks = RedisChecks.Judge(Facts(facts), 0);
        checks.Problems.ShouldBeEmpty();
        checks.Warnings.ShouldHaveSingleItem().ShouldContain(said);
    }

    [Theory]
    [InlineData("redis_version:7.0.15 maxmemory_policy:noeviction role:master aof_enabled:1 appendfsync:always cluster_enabled:0")]
    [InlineData("redis_version:6.2.0 aof_enabled:1")]
    [InlineData("something:else")]
    public void A_safe_redis_and_one_that_says_little_pass(string facts)
    {
        var checks = RedisChecks.Judge(Facts(facts), 1);
        (checks.Problems.Count, checks.Warnings.Count).ShouldBe((0, 0));
    }

    [RealRedisFact]
    public async Task A_real_one_is_asked()
    {
        using var server = new RedisServer("--appendfsync everysec --maxmemory 100mb --maxmemory-policy allkeys-lfu");
        using var link = RedisLink.Connect(server.Configuration);
        var checks = (await RedisChecks.RunAsync(link, 0, default)).ShouldNotBeNull();
        checks.Problems.ShouldHaveSingleItem().ShouldContain("allkeys-lfu");
        checks.Warnings.ShouldHaveSingleItem().ShouldContain("everysec");
    }

    [RealRedisFact]
    public async Task One_that_forbids_the_question_is_used_with_a_warning()
    {
        using var server = new RedisServer("--rename-command INFO hidden");
        using var link = RedisLink.Connect(server.Configuration);
        var checks = (await RedisChecks.RunAsync(link, 0, default)).ShouldNotBeNull();
        checks.Problems.ShouldBeEmpty();
        checks.Warnings.ShouldHaveSingleItem().ShouldContain("INFO");
    }

    [Fact]
    public async Task One_that_is_gone_is_not_judged()
    {
        using var server = new RedisServer();
        using var link = RedisLink.Connect(server.Configuration);
        server.Kill();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (link.IsConnected)
            await Task.Delay(10, limit.Token);
        (await RedisChecks.RunAsync(link, 0, default)).ShouldBeNull();
    }

    private static Dictionary<string, string> Facts(string text) => text.Split(' ').Select(fact => fact.Split(':')).ToDictionary(fact => fact[0], fact => fact[1]);
}
