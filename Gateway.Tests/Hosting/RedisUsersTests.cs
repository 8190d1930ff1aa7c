using System.Security.Cryptography;
using Granary.Gateway.Configuration;
using Granary.Gateway.Tests.Support;
using Granary.Hosting.Configuration;
using Granary.Testing.Redis;
using Granary.Vault.Redis.Connections;
using StackExchange.Redis;

namespace Granary.Gateway.Tests.Hosting;

/// <summary>A cluster on the Redis that <c>deploy/redis/start</c> starts, each kind of process as its own user.</summary>
[Trait("Kind", "Hostile")]
public sealed class RedisUsersTests : SiloTests
{
    private static readonly Dictionary<string, string> Passwords = new() { ["REDISCLI_AUTH"] = "operator's", ["SILO_PASSWORD"] = "silo's", ["GATEWAY_PASSWORD"] = "gateway's" };

    private string AsSilo => $"{Redis.Configuration},user=silo,password={Passwords["SILO_PASSWORD"]}";

    private string AsGateway => $"{Redis.Configuration},user=gateway,password={Passwords["GATEWAY_PASSWORD"]}";

    private string AsOperator => $"{Redis.Configuration},password={Passwords["REDISCLI_AUTH"]},allowAdmin=true";

    protected override RedisServer StartRedis() => RedisServer.StartedBy(Path.Combine(Checkout.Root, "deploy", "redis", "start"), Passwords);

    [RealRedisFact]
    public async Task Each_may_do_what_it_needs_and_nothing_that_it_does_is_denied()
    {
        var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
        Silo = await TestSilo.StartAsync(Redis, key, change: silo => silo with
        {
            Cluster = silo.Cluster with { Redis = AsSilo },
            Redis = silo.Redis with { Configuration = AsSilo },
        });
        await using (var one = await StartAsync())
        await using (var other = await StartAsync())
        {
            (await one.Http.CallAsync("init_vault", """{"vault_path":"notes"}""")).ShouldSucceed();
            var session = await one.Http.InitializeAsync();
            using var stream = await other.Http.ListenAsync("/mcp", ("Mcp-Session-Id", session));
            (await other.Http.PostAsync(McpRequest.Legacy("logging/setLevel", """{"level":"debug"}""", session))).ShouldSucceed();
            (await one.Http.PostAsync(McpRequest.Legacy("resources/subscribe", """{"uri":"vault://notes/head"}""", session))).ShouldSucceed();
            (await one.Http.CallAsync("append_event", """{"vault_path":"notes","event_type":"note","data":{}}""")).ShouldSucceed();
            string data;
            do
                data = (await stream.NextAsync())!.Data;
            while (!data.Contains("notifications/resources/updated", StringComparison.Ordinal));
            (await other.Http.CallAsync("verify_vault", """{"vault_path":"notes"}""")).ToolText.ShouldContain("\"valid\": true");
            (await other.Http.CallAsync("list_vaults")).ToolText.ShouldContain("notes");
            (await one.Http.DeleteAsync(("Mcp-Session-Id", session))).Status.ShouldBe(204);
        }
        await Silo.DisposeAsync();
        Silo = null;
        await using var operatorLink = await ConnectionMultiplexer.ConnectAsync(AsOperator);
        var denied = (RedisResult[])(await operatorLink.GetDatabase().ExecuteAsync("ACL", "LOG"))!;
        denied.Select(entry => string.Join(' ', ((RedisResult[])entry!).Select(part => part.ToString()))).ShouldBeEmpty();
    }

    [RealRedisFact]
    public async Task A_gateways_user_reaches_no_vault_and_nobody_comes_in_without_a_password()
    {
        await using var operatorLink = await ConnectionMultiplexer.ConnectAsync(AsOperator);
        foreach (var key in (string[])["granary:{default/notes}:events:0", "granary:{default/notes}:secrets", "granary:{default}:secrets", "granary:key-check", "granary/directory/granary.vault/default/notes"])
            await operatorLink.GetDatabase().StringSetAsync(key, "x");
        await using var gateway = await ConnectionMultiplexer.ConnectAsync(AsGateway + ",allowAdmin=true");
        var database = gateway.GetDatabase();
        foreach (var (command, arguments) in (IEnumerable<(string, object[])>)[
            ("GET", ["granary:{default/notes}:events:0"]), ("DEL", ["granary:{default/notes}:secrets"]), ("DEL", ["granary:{default}:secrets"]), ("HGETALL", ["granary:{default}:secrets"]), ("HGETALL", ["granary:{default/notes}:docs"]),
            ("SET", ["granary:key-check", "x"]), ("DEL", ["granary/directory/granary.vault/default/notes"]), ("HSET", ["granary/members/granary", "a", "b"]),
            ("EVAL", ["return redis.call('GET', KEYS[1])", 1, "granary:{default/notes}:events:0"]), ("FLUSHALL", []), ("KEYS", ["*"]), ("CONFIG", ["SET", "appendonly", "no"]),
            ("SUBSCRIBE", ["somebody-elses"])])
            (await Should.ThrowAsync<RedisServerException>(() => database.ExecuteAsync(command, arguments), command)).Message.ShouldContain("NOPERM", customMessage: command);
        await Should.ThrowAsync<RedisConnectionException>(() => ConnectionMultiplexer.ConnectAsync(Redis.Configuration));
    }

    [Fact]
    public void The_trial_on_Kubernetes_starts_Redis_with_the_same_script()
    {
        var script = File.ReadAllLines(Path.Combine(Checkout.Root, "deploy", "redis", "start"));
        var manifest = File.ReadAllText(Path.Combine(Checkout.Root, "deploy", "kubernetes", "overlays", "trial", "redis.yaml")).ReplaceLineEndings("\n");
        manifest.ShouldContain("  start: |\n" + string.Concat(script.Select(line => (line.Length == 0 ? "" : "    " + line) + "\n")));
    }

    private async Task<TestGateway> StartAsync()
    {
        var environment = new Settings(name => name switch { "GRANARY_REDIS" => AsGateway, "GRANARY_CLUSTER_SECRET" => TestSilo.Secret, _ => null });
        var gateway = await TestGateway.StartAsync(
            o => o with { Shape = Shape.Cluster, Redis = new RedisSettings { Configuration = AsGateway }, Environment = environment });
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while ((await gateway.Http.GetAsync("/health/ready")).Status != 200)
            await Task.Delay(20, limit.Token);
        return gateway;
    }
}
