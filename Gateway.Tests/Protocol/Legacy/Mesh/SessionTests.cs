using System.Text.Json.Nodes;
using Granary.Gateway.Protocol.Legacy.Sessions;
using Granary.Gateway.Tests.Plugins;
using Granary.Gateway.Tests.Support;
using Granary.Testing.Redis;

namespace Granary.Gateway.Tests.Protocol.Legacy.Mesh;

/// <summary>A legacy session whose requests arrive at any gateway.</summary>
public sealed class SessionTests
{
    [Fact]
    public async Task A_session_ended_through_one_gateway_is_gone_on_all_and_on_those_that_start_later()
    {
        await using var replicas = await Replicas.StartAsync(3);
        var session = await replicas[0].Http.InitializeAsync();
        for (var i = 0; i < 3; i++)
            (await PingAsync(replicas[i], session)).ShouldSucceed();
        using var stream = await replicas[2].Http.ListenAsync("/mcp", ("Mcp-Session-Id", session));
        (await replicas[1].Http.DeleteAsync(("Mcp-Session-Id", session))).Status.ShouldBe(204);
        for (var i = 0; i < 3; i++)
            (await PingAsync(replicas[i], session)).ShouldFail(404, -32001);
        (await stream.ToEndAsync()).ShouldAllBe(e => e.Data.Length == 0);
        (await PingAsync(await replicas.AddAsync(), session)).ShouldFail(404, -32001);
    }

    [Fact]
    public async Task A_log_level_holds_on_every_gateway_at_once()
    {
        await using var replicas = await Replicas.StartAsync(3);
        var session = await replicas[0].Http.InitializeAsync();
        for (var i = 0; i < 3; i++)
            (await LogAsync(replicas[i], session)).ShouldBe(3);
        foreach (var (level, count) in new[] { ("error", 1), ("debug", 4), ("warning", 2) })
        {
            (await SetLevelAsync(replicas[count % 3], session, level)).ShouldSucceed();
            for (var i = 0; i < 3; i++)
                (await LogAsync(replicas[i], session)).ShouldBe(count);
        }
    }

    [RealRedisFact]
    public async Task A_session_that_was_seen_costs_no_round_trip()
    {
        await using var replicas = await Replicas.StartAsync();
        var session = await replicas[0].Http.InitializeAsync();
        for (var i = 0; i < 2; i++)
            (await PingAsync(replicas[i], session)).ShouldSucceed();
        await Guard.UntilAsync(() => replicas[0].Logs.All.Concat(replicas[1].Logs.All).Count(l => l.Contains("Hears", StringComparison.Ordinal)) == 2, "they hear each other");
        for (var i = 0; i < 2; i++)
            (await PingAsync(replicas[i], session)).ShouldSucceed();
        var before = replicas.Calls("hgetall");
        before.ShouldBeGreaterThan(0);
        for (var i = 0; i < 40; i++)
            (await PingAsync(replicas[i % 2], session)).ShouldSucceed();
        replicas.Calls("hgetall").ShouldBe(before);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("\"text\"")]
    public async Task A_cancellation_finds_the_request_where_it_runs(string id)
    {
        await using var replicas = await Replicas.StartAsync(3);
        var session = await replicas[0].Http.InitializeAsync();
        var signals = Signals.Make();
        var call = replicas[0].Http.PostAsync(McpRequest.Legacy("tools/call", $$"""{"name":"t_wait","arguments":{{signals.Argument}}}""", session).Id(JsonNode.Parse(id)));
        await signals.Started.Task.WaitAsync(Guard.Time);
        var cancel = McpRequest.Raw($$$"""{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":{{{id}}}}}""").Header("Mcp-Session-Id", session);
        (await replicas[1].Http.PostAsync(cancel)).Status.ShouldBe(202);
        await signals.Cancelled.Task.WaitAsync(Guard.Time);
        (await call).Text.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(10)]
    [InlineData(3_000_000)]
    public async Task An_answer_finds_the_call_that_asked(int size)
    {
        await using var replicas = await Replicas.StartAsync(3);
        var session = await replicas[0].Http.InitializeAsync("2025-06-18", """{"elicitation":{}}""");
        using var stream = await replicas[0].Http.OpenAsync(McpRequest.Legacy("tools/call", """{"name":"t_ask"}""", session));
        var asked = await stream.MessageAsync();
        var answer = $$$"""{"jsonrpc":"2.0","id":{{{asked["id"]!.ToJsonString()}}},"result":{"action":"accept","content":{"name":"{{{new string('a', size)}}}" } } }""";
        (await replicas[2].Http.PostAsync(McpRequest.Raw(answer).Header("Mcp-Session-Id", session))).Status.ShouldBe(202);
        var text = (string)(await stream.MessageAsync())["result"]!["content"]![0]!["text"]!;
        text.ShouldContain(new string('a', size));
    }

    [Fact]
    public async Task Another_session_neither_cancels_nor_answers()
    {
        await using var replicas = await Replicas.StartAsync();
        var session = await replicas[0].Http.InitializeAsync("2025-06-18", """{"elicitation":{}}""");
        var other = await replicas[1].Http.InitializeAsync("2025-06-18", """{"elicitation":{}}""");
        using var stream = await replicas[0].Http.OpenAsync(McpRequest.Legacy("tools/call", """{"name":"t_ask"}""", session));
        var id = (await stream.MessageAsync())["id"]!.ToJsonString();
        await replicas[1].Http.PostAsync(McpRequest.Raw($$$"""{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}""").Header("Mcp-Session-Id", other));
        await replicas[1].Http.PostAsync(McpRequest.Raw($$$"""{"jsonrpc":"2.0","id":{{{id}}},"result":{"who":"intruder"}}""").Header("Mcp-Session-Id", other));
        await replicas[1].Http.PostAsync(McpRequest.Raw($$$"""{"jsonrpc":"2.0","id":{{{id}}},"result":{"who":"owner"}}""").Header("Mcp-Session-Id", session));
        (await stream.MessageAsync()).ToJsonString().ShouldContain("owner");
    }

    [Fact]
    public async Task Sessions_and_what_they_asked_for_outlive_a_restart_of_every_gateway()
    {
        await using var replicas = await Replicas.StartAsync();
        await replicas.CreateVaultAsync("notes");
        var session = await replicas[0].Http.InitializeAsync();
        (await SetLevelAsync(replicas[0], session, "error")).ShouldSucceed();
        (await SubscribeAsync(replicas[1], session, "vault://notes/head")).ShouldSucceed();
        var ended = await replicas[1].Http.InitializeAsync();
        (await replicas[1].Http.DeleteAsync(("Mcp-Session-Id", ended))).Status.ShouldBe(204);
        await replicas.RestartAsync();
        (await LogAsync(replicas[1], session)).ShouldBe(1);
        (await PingAsync(replicas[0], ended)).ShouldFail(404, -32001);
        using var stream = await replicas[0].Http.ListenAsync("/mcp", ("Mcp-Session-Id", session));
        await stream.NextAsync();
        await replicas.AppendAsync(1, "notes");
        ((string)(await stream.MessageAsync())["params"]!["uri"]!).ShouldBe("vault://notes/head");
    }

    [Fact]
    public async Task Without_redis_sessions_go_on_and_what_cannot_be_shared_is_refused_in_a_sentence()
    {
        await using var replicas = await Replicas.StartAsync();
        var session = await replicas[0].Http.InitializeAsync();
        (await PingAsync(replicas[1], session)).ShouldSucceed();
        (await SetLevelAsync(replicas[0], session, "error")).ShouldSucceed();
        replicas.Redis.Kill();
        var unseen = await replicas[0].Http.InitializeAsync();
        for (var i = 0; i < 2; i++)
        {
            (await LogAsync(replicas[i], session)).ShouldBe(1);
            (await PingAsync(replicas[i], unseen)).ShouldSucceed();
        }
        (await SetLevelAsync(replicas[0], session, "debug")).ShouldFail(503, -32603);
        (await SubscribeAsync(replicas[1], session, "note://mine")).ShouldFail(503, -32603);
        (await replicas[1].Http.DeleteAsync(("Mcp-Session-Id", session))).ShouldFail(503, -32603);
        (await LogAsync(replicas[0], session)).ShouldBe(1);
        replicas.Redis.Start();
        await Guard.UntilAsync(() => SetLevelAsync(replicas[0], session, "debug").GetAwaiter().GetResult().Status == 200, "the level can be set");
        await Guard.UntilAsync(() => LogAsync(replicas[1], session).GetAwaiter().GetResult() == 4, "the other gateway knows");
        (await replicas[1].Http.DeleteAsync(("Mcp-Session-Id", session))).Status.ShouldBe(204);
        await Guard.UntilAsync(() => PingAsync(replicas[0], session).GetAwaiter().GetResult().Status == 404, "it has ended everywhere");
    }

    [Fact]
    public async Task What_was_missed_while_the_channel_was_down_is_read_again()
    {
        await using var replicas = await Replicas.StartAsync();
        await replicas.CreateVaultAsync("notes");
        var session = await replicas[0].Http.InitializeAsync();
        using var stream = await replicas[1].Http.ListenAsync("/mcp", ("Mcp-Session-Id", session));
        await stream.NextAsync();
        replicas.Redis.Kill();
        replicas.Redis.Start();
        // The first one back stores; the other may not be notified.
        await Guard.UntilAsync(
            () => SubscribeAsync(replicas[0], session, "vault://notes/head").GetAwaiter().GetResult().Status == 200, "the subscription is stored");
        using var appending = new CancellationTokenSource();
        var appends = Task.Run(async () =>
        {
            while (!appending.IsCancellationRequested)
            {
                await replicas.AppendAsync(0, "notes");
                await Task.Delay(50);
            }
        });
        ((string)(await stream.MessageAsync())["params"]!["uri"]!).ShouldBe("vault://notes/head");
        await appending.CancelAsync();
        await appends;
    }

    [Fact]
    public async Task Sessions_leave_nothing_under_way_behind()
    {
        await using var replicas = await Replicas.StartAsync();
        for (var i = 0; i < 10; i++)
        {
            var session = await replicas[i % 2].Http.InitializeAsync();
            (await LogAsync(replicas[(i + 1) % 2], session)).ShouldBe(3);
            using (var stream = await replicas[i % 2].Http.ListenAsync("/mcp", ("Mcp-Session-Id", session)))
                await stream.NextAsync();
        }
        await Guard.UntilAsync(() => replicas[0].Get<SessionStates>().Count + replicas[1].Get<SessionStates>().Count == 0, "nothing is under way");
        replicas[0].Logs.Errors.Concat(replicas[1].Logs.Errors).ShouldBeEmpty();
    }

    private static Task<Answer> PingAsync(TestGateway gateway, string session) => gateway.Http.PostAsync(McpRequest.Legacy("ping", "{}", session));

    private static Task<Answer> SetLevelAsync(TestGateway gateway, string session, string level) =>
        gateway.Http.PostAsync(McpRequest.Legacy("logging/setLevel", $$"""{"level":"{{level}}"}""", session));

    private static Task<Answer> SubscribeAsync(TestGateway gateway, string session, string uri) =>
        gateway.Http.PostAsync(McpRequest.Legacy("resources/subscribe", $$"""{"uri":"{{uri}}"}""", session));

    /// <summary>How many of the four messages that <c>t_log</c> logs arrive.</summary>
    private static async Task<int> LogAsync(TestGateway gateway, string session) =>
        (await gateway.Http.PostAsync(McpRequest.Legacy("tools/call", """{"name":"t_log"}""", session))).Notifications("notifications/message").Count();
}
