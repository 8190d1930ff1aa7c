using System.Text.Json.Nodes;
using Granary.Gateway.Hosting;
using Granary.Gateway.Tests.Support;
using Granary.Grains.Connections;
using Granary.Testing.Redis;
using Granary.Vault;
using Granary.Vault.Keys;
using Granary.Vault.Psmc;
using Granary.Vault.Storage.Files;
using Granary.Vault.Verification;
using Granary.Vault.Verification.Checks;

namespace Granary.Gateway.Tests.Hosting;

/// <summary>Gateways of a cluster with a silo as its program builds it: vaults and session keys are in one Redis.</summary>
public sealed class ClusterShapeTests : ClusterTests
{
    private string[] _redisOptions = [];

    protected override RedisServer StartRedis() => new(_redisOptions);

    [Fact]
    public async Task What_goes_in_through_one_gateway_comes_out_of_the_other_and_outlives_all_of_them()
    {
        Silo = await TestSilo.StartAsync(Redis, Key);
        await using (var first = await StartAsync())
        await using (var second = await StartAsync())
        {
            (await first.Gateway.Http.CallAsync("init_vault", """{"vault_path":"team/notes"}""")).ShouldSucceed();
            for (var i = 0; i < 4; i++)
                (await AppendAsync(i % 2 == 0 ? first : second, i)).IsToolError.ShouldBeFalse();
            foreach (var gateway in (Running[])[first, second])
                await CheckAsync(gateway, count: 4);
        }
        await using var third = await StartAsync();
        await CheckAsync(third, count: 4);
        (await AppendAsync(third, 4)).IsToolError.ShouldBeFalse();
        await CheckAsync(third, count: 5);
    }

    [Fact]
    public async Task A_vault_made_through_one_gateway_is_listed_and_completed_by_the_other()
    {
        Silo = await TestSilo.StartAsync(Redis, Key);
        await using var first = await StartAsync();
        await using var second = await StartAsync();
        foreach (var name in (string[])["team/notes", "ledger"])
            (await first.Gateway.Http.CallAsync("init_vault", $$"""{"vault_path":"{{name}}"}""")).ShouldSucceed();
        var listed = (await second.Gateway.Http.PostAsync(McpRequest.Modern("resources/list"))).Result["resources"]!.AsArray();
        listed.Select(r => (string)r!["uri"]!).Where(u => u.StartsWith("vault:", StringComparison.Ordinal)).ShouldBe(["vault://ledger/status", "vault://team%2Fnotes/status"]);
        var completed = await second.Gateway.Http.PostAsync(McpRequest.Modern(
            "completion/complete", """{"ref":{"type":"ref/resource","uri":"vault://{name}/head"},"argument":{"name":"name","value":"te"}}"""));
        completed.Result["completion"]!["values"]!.AsArray().Select(v => (string)v!).ShouldBe(["team/notes"]);
    }

    [Fact]
    public async Task A_legacy_session_opens_on_the_other_gateway_and_after_a_restart_without_configuredKeys()
    {
        Silo = await TestSilo.StartAsync(Redis, Key);
        string session;
        await using (var first = await StartAsync())
        await using (var second = await StartAsync())
        {
            session = await first.Gateway.Http.InitializeAsync();
            (await PingAsync(second, session)).ShouldSucceed();
        }
        await using (var later = await StartAsync())
            (await PingAsync(later, session)).ShouldSucceed();
    }

    [Fact]
    public async Task A_gateway_starts_before_its_redis_and_is_ready_once_that_answers()
    {
        Redis.Kill();
        await using var gateway = await StartAsync(wait: false, options: ",connectTimeout=500");
        (await gateway.Gateway.Http.GetAsync("/health/live")).Status.ShouldBe(200);
        (await gateway.Gateway.Http.GetAsync("/health/ready")).Status.ShouldBe(503);
        var early = await gateway.Gateway.Http.PostAsync(McpRequest.Legacy("initialize", McpHttp.Handshake("2025-11-25")));
        early.Text.ShouldContain("starting");
        Redis.Start();
        Silo = await TestSilo.StartAsync(Redis, Key);
        await gateway.ReadyAsync();
        (await gateway.Gateway.Http.CallAsync("init_vault", """{"vault_path":"team/notes"}""")).IsToolError.ShouldBeFalse();
        await gateway.Gateway.Http.InitializeAsync();
    }

    [Fact]
    public async Task A_folder_is_imported_under_theKey_encryptionKey_of_this_redis_only()
    {
        Silo = await TestSilo.StartAsync(Redis, Key);
        var folder = Path.Combine(Path.GetTempPath(), "granary-import-" + Guid.NewGuid().ToString("N"));
        using (var key = SigningKey.Generate())
            await PsmcVault.CreateAsync(
                new FileVaultStore(new FileVaultOptions { Folder = folder, StateFolder = folder + ".state", Formats = VaultFormats.All }), key, DateTimeOffset.UnixEpoch, default);
        using var output = new StringWriter();
        var request = new ImportCommand.Request(folder, "default", "taken");
        Task<int> ImportAsync(string ring, string redis) => ImportCommand.RunAsync(
            request, name => name switch { "GRANARY_REDIS" => redis, "GRANARY_KEK" => ring, _ => null }, output, output, default);
        (await ImportAsync(NewKey(), Redis.Configuration)).ShouldBe(1);
        output.ToString().ShouldContain("is not the key-encryption key of this Redis");
        (await ImportAsync(Key, "127.0.0.1:9,connectTimeout=200,connectRetry=0,asyncTimeout=500")).ShouldBe(1);
        output.ToString().ShouldContain("Redis did not answer");
        (await ImportAsync(Key, Redis.Configuration)).ShouldBe(0, output.ToString());
        await using (var gateway = await StartAsync())
            (await gateway.Gateway.Http.CallAsync("append_event", """{"vault_path":"taken","event_type":"note","data":{}}""")).ShouldSucceed();
        Directory.Delete(folder, recursive: true);
        Directory.Delete(folder + ".state", recursive: true);
    }

    [Fact]
    public async Task A_gateway_with_anotherKey_encryptionKey_stops_and_says_why()
    {
        Silo = await TestSilo.StartAsync(Redis, Key);
        await (await StartAsync()).DisposeAsync();
        await using var stranger = await StartAsync(key: NewKey(), wait: false);
        await stranger.StoppedAsync();
        stranger.Gateway.Get<RedisStart>().Refusal.ShouldNotBeNull().ShouldContain("key-encryption key");
        stranger.Gateway.Logs.Errors.ShouldContain(line => line.Contains("cannot run", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_gateway_with_another_cluster_secret_ends_with_a_sentence_and_reaches_nothing()
    {
        Silo = await TestSilo.StartAsync(Redis, Key);
        var stranger = await StartAsync(key: "", wait: false, secret: NewKey());
        var refused = await Should.ThrowAsync<ClusterRefusedException>(stranger.Gateway.Starting.WaitAsync(TimeSpan.FromMinutes(2)));
        refused.Message.ShouldContain("refused this process: GRANARY_CLUSTER_SECRET");
        await SiloSaysAsync("its GRANARY_CLUSTER_SECRET is not the cluster's");
        await stranger.Gateway.DisposeAsync();
    }

    [Fact]
    public async Task A_gateway_without_a_secret_reaches_no_vault_of_a_cluster_that_has_one()
    {
        Silo = await TestSilo.StartAsync(Redis, Key);
        await using (var own = await StartAsync(key: ""))
            (await own.Gateway.Http.CallAsync("init_vault", """{"vault_path":"team/notes"}""")).ShouldSucceed();
        var stranger = await StartAsync(key: "", wait: false, secret: "", change: o => o with { SessionKeys = NewKey() });
        await SiloSaysAsync("did not prove the cluster's secret");
        // It waits for silos that would trust it: none ever does.
        stranger.Gateway.Starting.IsCompleted.ShouldBeFalse();
        (await stranger.Gateway.Http.GetAsync("/health/ready")).Status.ShouldBe(503);
        stranger.Gateway.Logs.All.ShouldContain(line => line.Contains("GRANARY_CLUSTER_INSECURE is set", StringComparison.Ordinal));
        await stranger.Gateway.DisposeAsync();
    }

    [Fact]
    public async Task Gateways_hold_noKey_encryptionKey_and_sessions_outlive_the_move_to_the_secret()
    {
        Silo = await TestSilo.StartAsync(Redis, Key, isOpen: true);
        string session;
        // As a version without a secret did: the sessions' key is wrapped by the key-encryption key.
        await using (var before = await StartAsync(secret: ""))
            session = await before.Gateway.Http.InitializeAsync();
        await using (var between = await StartAsync())
            (await PingAsync(between, session)).ShouldSucceed();
        await using var after = await StartAsync(key: "");
        (await PingAsync(after, session)).ShouldSucceed();
        (await after.Gateway.Http.CallAsync("init_vault", """{"vault_path":"team/notes"}""")).ShouldSucceed();
        (await AppendAsync(after, 0)).ShouldSucceed();
        (await RewrapAsync($"{NewKey()},{Key}")).ShouldContain("the sessions' key was wrapped again");
    }

    [Fact]
    public async Task Once_every_secret_is_wrapped_again_the_oldKey_encryptionKey_can_go()
    {
        var (old, fresh) = (Key, NewKey());
        string session, id;
        Silo = await TestSilo.StartAsync(Redis, old);
        await using (var before = await StartAsync())
        {
            session = await before.Gateway.Http.InitializeAsync();
            (await before.Gateway.Http.CallAsync("init_vault", """{"vault_path":"team/notes"}""")).ShouldSucceed();
            (await before.Gateway.Http.CallAsync("init_vault", """{"vault_path":"secrets","format":"backpack"}""")).ShouldSucceed();
            var secret = await before.Gateway.Http.CallAsync("append_event", """{"vault_path":"secrets","event_type":"com.example.secret","data":{"text":"hidden"},"encrypt":true}""");
            id = JsonNode.Parse(secret.ToolText)!["event_id"]!.GetValue<string>();
        }
        (await RewrapAsync(old)).ShouldContain(" 0 wrapped again, 0 left as they are; the sessions' key is not in Redis");
        var changed = await RewrapAsync($"{fresh},{old}");
        changed.ShouldContain("3 secrets of vaults and tenants seen, 3 wrapped again, 0 left as they are; the sessions' key is not in Redis");
        await Silo.DisposeAsync();
        Silo = await TestSilo.StartAsync(Redis, fresh);
        await using var after = await StartAsync(key: fresh);
        (await PingAsync(after, session)).ShouldSucceed();
        (await AppendAsync(after, 0)).ShouldSucceed();
        await CheckAsync(after, count: 1);
        (await after.Gateway.Http.CallAsync("get_event", $$"""{"vault_path":"secrets","event_id":"{{id}}"}""")).ToolText.ShouldContain("hidden");
    }

    [Theory]
    [InlineData("psmc")]
    [InlineData("backpack")]
    public async Task A_vault_is_exported_as_a_folder_that_every_checker_accepts_while_it_is_served(string format)
    {
        Silo = await TestSilo.StartAsync(Redis, Key);
        await using var gateway = await StartAsync();
        (await gateway.Gateway.Http.CallAsync("init_vault", $$"""{"vault_path":"team/notes","format":"{{format}}"}""")).ShouldSucceed();
        (await gateway.Gateway.Http.CallAsync("append_event", """{"vault_path":"team/notes","event_type":"com.example.note","data":{"text":"hello"}}""")).ShouldSucceed();
        var folder = Path.Combine(Path.GetTempPath(), $"granary-export-{Guid.NewGuid():N}");
        try
        {
            (await ExportAsync("team/notes", folder)).ShouldContain("events, valid.");
            var report = await VaultVerifier.RunFolderAsync(folder, new VerificationOptions(), null, default);
            report.Valid.ShouldBeTrue();
            report.Checkers.ShouldAllBe(checker => checker.Passes);
            Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).ShouldNotContain(file => file.EndsWith("active.pem") || file.EndsWith("privateKeys.json"));
            (await ExportAsync("team/notes", folder, exit: 1)).ShouldContain("exists already");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
        (await ExportAsync("nobody", folder, exit: 1)).ShouldStartWith("Error: ");
        (await ExportAsync("../up", folder, exit: 2)).ShouldStartWith("Error: ");
        Directory.Exists(folder).ShouldBeFalse();
    }

    [Fact]
    public async Task A_redis_that_does_not_answer_yet_is_waited_for()
    {
        Redis.Kill();
        var running = RewrapAsync(Key);
        running.IsCompleted.ShouldBeFalse();
        Redis.Start();
        (await running).ShouldStartWith("0 secrets of vaults and tenants seen");
    }

    [Fact]
    public async Task Secrets_that_noKey_of_the_ring_opens_stay_as_they_are_and_are_named()
    {
        Silo = await TestSilo.StartAsync(Redis, Key);
        await using (var gateway = await StartAsync(change: o => o with { SessionKeys = NewKey() }))
            (await gateway.Gateway.Http.CallAsync("init_vault", """{"vault_path":"team/notes"}""")).ShouldSucceed();
        using var errors = new StringWriter();
        (await RewrapAsync(NewKey(), exit: 1, errors)).ShouldContain("1 secrets of vaults and tenants seen, 0 wrapped again, 1 left as they are; the sessions' key is not in Redis");
        errors.ToString().ShouldContain("not among the 1 configured");
        await using var same = await StartAsync();
        (await AppendAsync(same, 0)).ShouldSucceed();
    }

    [RealRedisFact]
    public async Task A_redis_that_may_evict_is_refused()
    {
        _redisOptions = ["--maxmemory 100mb --maxmemory-policy allkeys-lru"];
        await using var gateway = await StartAsync(wait: false);
        (await gateway.RefusalAsync()).ShouldContain("maxmemory-policy noeviction");
    }

    [RealRedisFact]
    public async Task A_full_redis_refuses_events_with_a_sentence_answers_reads_and_lets_gateways_start()
    {
        _redisOptions = ["--maxmemory 12mb --maxmemory-policy noeviction"];
        Silo = await TestSilo.StartAsync(Redis, Key);
        await using (var gateway = await StartAsync())
        {
            (await gateway.Gateway.Http.CallAsync("init_vault", """{"vault_path":"team/notes"}""")).ShouldSucceed();
            Answer answer;
            var stored = -1;
            do
            {
                answer = await AppendAsync(gateway, 0, new string('x', 200_000));
                stored++;
            }
            while (!answer.IsToolError && stored < 100);
            answer.ToolText.ShouldContain("The store is full");
            // More than a page of the timeline holds: the check of the chain counts them.
            var report = JsonNode.Parse((await gateway.Gateway.Http.CallAsync("verify_chain", """{"vault_path":"team/notes"}""")).ToolText)!;
            ((int)report["event_count"]!).ShouldBe(stored);
        }
        await using var later = await StartAsync();
        (await later.Gateway.Http.CallAsync("verify_chain", """{"vault_path":"team/notes"}""")).IsToolError.ShouldBeFalse();
    }

    private static async Task<Answer> AppendAsync(Running gateway, int n, string text = "hello") => await gateway.Gateway.Http.CallAsync(
        "append_event", $$$"""{"vault_path":"team/notes","event_type":"note","data":{"n":{{{n}}},"text":"{{{text}}}"}}""");

    private async Task SiloSaysAsync(string sentence)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (!Silo!.Logs.Errors.Any(line => line.Contains(sentence, StringComparison.Ordinal)))
            await Task.Delay(20, limit.Token);
    }

    private static Task<Answer> PingAsync(Running gateway, string session) =>
        gateway.Gateway.Http.PostAsync(McpRequest.Legacy("ping", session: session));

    private static async Task CheckAsync(Running gateway, int count)
    {
        var report = JsonNode.Parse((await gateway.Gateway.Http.CallAsync("verify_chain", """{"vault_path":"team/notes"}""")).ToolText)!;
        report.ToJsonString().ShouldContain($"{count}");
        var timeline = JsonNode.Parse((await gateway.Gateway.Http.CallAsync("query_timeline", """{"vault_path":"team/notes"}""")).ToolText)!;
        timeline.ToJsonString().Split("\"prev_hash\"").Length.ShouldBe(count + 1);
    }

    private async Task<string> ExportAsync(string vault, string folder, int exit = 0)
    {
        using var output = new StringWriter();
        string? Environment(string name) => name switch { "GRANARY_REDIS" => Redis.Configuration, "GRANARY_KEK" => Key, _ => null };
        (await ExportCommand.RunAsync(new ExportCommand.Request("default", vault, folder, Secrets: false), Environment, output, output, default)).ShouldBe(exit, output.ToString());
        return output.ToString();
    }

    private async Task<string> RewrapAsync(string ring, int exit = 0, StringWriter? errors = null)
    {
        using var output = new StringWriter();
        string? Environment(string name) => name switch { "GRANARY_REDIS" => Redis.Configuration, "GRANARY_KEK" => ring, _ => null };
        (await RewrapCommand.RunAsync(Environment, output, errors ?? output, default)).ShouldBe(exit);
        return output.ToString();
    }
}
