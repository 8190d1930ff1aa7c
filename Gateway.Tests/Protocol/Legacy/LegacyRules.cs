using Granary.Gateway.Invocation;
using Granary.Gateway.Protocol.Legacy.Sessions;
using Granary.Gateway.Tests.Plugins;
using Granary.Gateway.Tests.Support;

namespace Granary.Gateway.Tests.Protocol.Legacy;

/// <summary>The rules until 2025-11-25, named by the lines of its transports page: messages, sessions, versions.</summary>
[Collection(SharedGateway.Name)]
public sealed class LegacyRules(TestGateway gateway)
{
    private McpHttp Http => gateway.Http;

    [Theory]
    [InlineData("2024-11-05")]
    [InlineData("2025-03-26")]
    [InlineData("2025-06-18")]
    [InlineData("2025-11-25")]
    public async Task Legacy_handshake_of_every_revision(string version)
    {
        var session = await Http.InitializeAsync(version);
        (await Http.PostAsync(McpRequest.Legacy("notifications/initialized", "{}", session).With(r => r.Body.Remove("id")))).Status.ShouldBe(202);
        var called = await Http.PostAsync(McpRequest.Legacy("tools/call", """{"name":"t_whoami"}""", session, version));
        called.ToolText.ShouldBe($"default/anyone/{version}/");
        called.Result.ContainsKey("resultType").ShouldBeFalse();
        called.Result.ContainsKey("_meta").ShouldBeFalse();
        var list = (await Http.PostAsync(McpRequest.Legacy("resources/list", "{}", session))).Result;
        list.ContainsKey("ttlMs").ShouldBeFalse();
        list.ContainsKey("cacheScope").ShouldBeFalse();
        (await Http.PostAsync(McpRequest.Legacy("ping", "{}", session))).Result.Count.ShouldBe(0);
        (await Http.PostAsync(McpRequest.Legacy("server/discover", "{}", session))).ShouldFail(200, -32601);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"protocolVersion":7,"capabilities":{},"clientInfo":{"name":"x","version":"1"}}""")]
    [InlineData("""{"protocolVersion":"2025-11-25","capabilities":[],"clientInfo":{"name":"x","version":"1"}}""")]
    [InlineData("""{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":7}""")]
    public async Task Legacy_handshake_that_is_not_one_is_refused(string parameters)
    {
        var answer = await Http.PostAsync(McpRequest.Legacy("initialize", parameters));
        answer.Code.ShouldBe(-32602);
        answer.Header("Mcp-Session-Id").ShouldBeNull();
    }

    [Fact]
    public async Task Legacy_94_notifications_and_responses_are_202_without_a_body()
    {
        var session = await Http.InitializeAsync();
        foreach (var body in (string[])
        [
            """{"jsonrpc":"2.0","method":"notifications/initialized"}""",
            """{"jsonrpc":"2.0","method":"notifications/unknown","params":{"x":1}}""",
            """{"jsonrpc":"2.0","method":"notifications/cancelled","params":{}}""",
            """{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":{"a":[]}}}""",
            """{"jsonrpc":"2.0","id":"nobody asked","result":{}}""",
            """{"jsonrpc":"2.0","id":7,"error":{"code":1,"message":"x"}}""",
        ])
        {
            var answer = await Http.PostAsync(McpRequest.Raw(body).Header("Mcp-Session-Id", session));
            answer.Status.ShouldBe(202, body);
            answer.Text.ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task Legacy_128_disconnect_is_not_cancel()
    {
        var session = await Http.InitializeAsync();
        var signals = Signals.Make();
        using var abort = new CancellationTokenSource();
        var sending = Http.StartAsync(Wait(signals, session), abort.Token);
        await signals.Started.Task.WaitAsync(Guard.Time);
        await abort.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => sending);
        // Time for the server to notice that nobody is there; the tool then reports progress to nobody and must still finish.
        await Task.Delay(300);
        signals.Go.SetResult();
        await signals.Finished.Task.WaitAsync(Guard.Time);
        signals.Cancelled.Task.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task Legacy_129_cancelled_cancels_and_is_not_answered()
    {
        var session = await Http.InitializeAsync();
        foreach (var id in (string[])["7", "\"seven\""])
        {
            var signals = Signals.Make();
            var request = Wait(signals, session);
            var sending = Http.PostAsync(request.Text(request.Body.ToJsonString().Replace("\"id\":1,", $"\"id\":{id},", StringComparison.Ordinal)));
            await signals.Started.Task.WaitAsync(Guard.Time);
            await CancelAsync(await Http.InitializeAsync(), id);
            await CancelAsync(session, "99");
            signals.Cancelled.Task.IsCompleted.ShouldBeFalse();
            await CancelAsync(session, id);
            await signals.Cancelled.Task.WaitAsync(Guard.Time);
            (await sending).Messages.ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task Legacy_129_a_call_that_has_only_begun_is_cancelled()
    {
        var session = await Http.InitializeAsync();
        var signals = Signals.Make();
        var sending = Http.PostAsync(McpRequest.Legacy("tools/call", $$$"""{"name":"t_wait","arguments":{{{signals.Holding}}}}""", session));
        await signals.Started.Task.WaitAsync(Guard.Time);
        await CancelAsync(session, "1");
        signals.Told.Set();
        await signals.Cancelled.Task.WaitAsync(Guard.Time);
        (await sending).Messages.ShouldBeEmpty();
    }

    [Fact]
    public async Task Legacy_198_session_ids_are_visible_ascii_and_never_the_same()
    {
        var ids = new HashSet<string>();
        for (var i = 0; i < 50; i++)
        {
            var id = await Http.InitializeAsync();
            id.ShouldAllBe(c => c >= 0x21 && c <= 0x7e);
            ids.Add(id).ShouldBeTrue();
        }
    }

    [Theory]
    [InlineData("tools/list")]
    [InlineData("ping")]
    public async Task Legacy_198_and_280_without_session_and_version_a_request_is_served_as_2025_03_26(string method) =>
        (await Http.PostAsync(McpRequest.Legacy(method))).ShouldSucceed();

    [Fact]
    public async Task Legacy_198_terminated_session_is_404()
    {
        var session = await Http.InitializeAsync();
        (await Http.DeleteAsync(("Mcp-Session-Id", session))).Status.ShouldBe(204);
        (await Http.PostAsync(McpRequest.Legacy("tools/list", "{}", session))).ShouldFail(404, -32001);
        (await Http.GetAsync("/mcp", ("Mcp-Session-Id", session), ("Accept", "text/event-stream"))).ShouldFail(404, -32001);
        (await Http.DeleteAsync(("Mcp-Session-Id", session))).ShouldFail(404, -32001);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task Legacy_198_an_unknown_session_is_404(string session) => (await Http.PostAsync(McpRequest.Legacy("ping", "{}", session))).ShouldFail(404, -32001);

    [Fact]
    public async Task Legacy_198_delete_ends_what_is_under_way()
    {
        var session = await Http.InitializeAsync();
        var signals = Signals.Make();
        var sending = Http.PostAsync(Wait(signals, session));
        await signals.Started.Task.WaitAsync(Guard.Time);
        (await Http.DeleteAsync(("Mcp-Session-Id", session))).Status.ShouldBe(204);
        await signals.Cancelled.Task.WaitAsync(Guard.Time);
        await sending;
    }

    [Theory]
    [InlineData("banana")]
    [InlineData("2099-01-01")]
    [InlineData("2026-07-28")]
    public async Task Legacy_276_an_invalid_version_header_is_400(string version)
    {
        var session = await Http.InitializeAsync();
        (await Http.PostAsync(McpRequest.Legacy("tools/list", "{}", session, version))).Status.ShouldBe(400);
    }

    [Fact]
    public async Task Legacy_276_without_the_header_the_session_knows_its_version()
    {
        var session = await Http.InitializeAsync("2025-06-18");
        (await Http.PostAsync(McpRequest.Legacy("tools/call", """{"name":"t_whoami"}""", session))).ToolText.ShouldContain("2025-06-18");
    }

    [Fact]
    public async Task Legacy_276_a_version_header_without_a_session_is_served_without_memory()
    {
        (await Http.PostAsync(McpRequest.Legacy("tools/call", """{"name":"t_whoami"}""", null, "2025-06-18"))).ToolText.ShouldContain("2025-06-18");
        (await Http.PostAsync(McpRequest.Legacy("resources/subscribe", """{"uri":"note://mine"}""", null, "2025-06-18"))).ShouldFail(400, -32600);
        (await Http.PostAsync(McpRequest.Legacy("tools/call", """{"name":"t_ask"}""", null, "2025-06-18"))).IsToolError.ShouldBeTrue();
    }

    [Fact]
    public async Task Legacy_missing_resources_have_their_own_code()
    {
        var session = await Http.InitializeAsync();
        var answer = await Http.PostAsync(McpRequest.Legacy("resources/read", """{"uri":"no://such"}""", session));
        answer.ShouldFail(200, -32002);
        ((string)answer.Message["error"]!["data"]!["uri"]!).ShouldBe("no://such");
    }

    [Theory]
    [InlineData("error", 1)]
    [InlineData("debug", 4)]
    [InlineData(null, 3)]
    public async Task Legacy_logging_follows_the_level_the_client_set(string? level, int count)
    {
        var session = await Http.InitializeAsync();
        if (level is not null)
            (await Http.PostAsync(McpRequest.Legacy("logging/setLevel", $$"""{"level":"{{level}}"}""", session))).ShouldSucceed();
        (await Http.PostAsync(McpRequest.Legacy("tools/call", """{"name":"t_log"}""", session))).Notifications("notifications/message").Count().ShouldBe(count);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"level":"loud"}""")]
    [InlineData("""{"level":3}""")]
    [InlineData("""{"level":null}""")]
    public async Task Legacy_logging_levels_that_do_not_exist_are_refused(string parameters) =>
        (await Http.PostAsync(McpRequest.Legacy("logging/setLevel", parameters, await Http.InitializeAsync()))).Code.ShouldBe(-32602);

    [Fact]
    public async Task Legacy_sessions_that_used_everything_leave_nothing_behind()
    {
        var own = await TestGateway.StartAsync(o => o);
        var states = own.Get<SessionStates>();
        for (var i = 0; i < 20; i++)
        {
            var session = await own.Http.InitializeAsync(i % 2 == 0 ? "2025-11-25" : "2025-06-18", """{"elicitation":{}}""");
            using (var stream = await own.Http.ListenAsync("/mcp", ("Mcp-Session-Id", session)))
            {
                await Guard.UntilAsync(() => states.Count > 0, "the stream is remembered");
                own.Get<IChanges>().ToolsChanged();
                await stream.MessageAsync();
            }
            await own.Http.PostAsync(McpRequest.Legacy("tools/call", """{"name":"t_log"}""", session));
            await own.Http.PostAsync(McpRequest.Legacy("resources/subscribe", """{"uri":"note://mine"}""", session));
            await own.Http.PostAsync(McpRequest.Legacy("resources/unsubscribe", """{"uri":"note://mine"}""", session));
            await own.Http.PostAsync(McpRequest.Legacy("resources/unsubscribe", """{"uri":"note://never"}""", session));
        }
        await Guard.UntilAsync(() => states.Count == 0, "nothing is remembered of idle sessions");
        await own.DisposeAsync();
    }

    [Fact]
    public async Task Legacy_calls_whose_client_is_gone_leave_nothing_behind()
    {
        var own = await TestGateway.StartAsync(o => o);
        var session = await own.Http.InitializeAsync();
        var signals = Signals.Make();
        using var abort = new CancellationTokenSource();
        var sending = own.Http.StartAsync(McpRequest.Legacy("tools/call", $$"""{"name":"t_wait","arguments":{{signals.Argument}}}""", session), abort.Token);
        await signals.Started.Task.WaitAsync(Guard.Time);
        await abort.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => sending);
        await Task.Delay(200);
        signals.Go.SetResult();
        await Guard.UntilAsync(() => own.Get<SessionStates>().Count == 0, "nothing is remembered of the call");
        own.Logs.Errors.ShouldBeEmpty();
        await own.DisposeAsync();
    }

    private static McpRequest Wait(Signals signals, string session) => McpRequest.Legacy(
        "tools/call", $$$"""{"name":"t_wait","arguments":{"key":"{{{signals.Key}}}","after":true},"_meta":{"progressToken":"p"}}""", session);

    private async Task CancelAsync(string session, string id) =>
        (await Http.PostAsync(McpRequest.Raw($$$"""{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":{{{id}}}}}""")
            .Header("Mcp-Session-Id", session))).Status.ShouldBe(202);
}
