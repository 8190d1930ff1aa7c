using System.Text.Json.Nodes;
using Granary.Gateway.Invocation;
using Granary.Gateway.Tests.Plugins;
using Granary.Gateway.Tests.Support;
using Granary.Tenants;

namespace Granary.Gateway.Tests.Protocol.Legacy;

/// <summary>The rules until 2025-11-25: event streams, resumption, requests to the client.</summary>
[Collection(SharedGateway.Name)]
public sealed class LegacyStreamRules(TestGateway gateway)
{
    private McpHttp Http => gateway.Http;

    [Fact]
    public async Task Legacy_106_a_stream_is_primed_with_an_id_and_no_data()
    {
        var session = await Http.InitializeAsync();
        var answer = await Http.PostAsync(Call(session, "t_progress", """{"values":[1]}"""));
        answer.Events[0].Id.ShouldNotBeNullOrEmpty();
        answer.Events[0].Data.ShouldBeEmpty();
        answer.Events.Skip(1).ShouldAllBe(e => e.Id != null && e.Data.Length > 0);
    }

    [Theory]
    [InlineData("2025-06-18")]
    [InlineData("2025-03-26")]
    public async Task Legacy_106_older_revisions_get_no_priming_event(string version)
    {
        var answer = await Http.PostAsync(Call(await Http.InitializeAsync(version), "t_progress", """{"values":[1]}"""));
        answer.Events.ShouldAllBe(e => e.Data.Length > 0);
        answer.ToolText.ShouldBe("arrived");
    }

    [Fact]
    public async Task Legacy_112_a_connection_that_closes_early_says_when_to_come_back_and_the_rest_is_there()
    {
        var session = await Http.InitializeAsync();
        var signals = Signals.Make();
        var first = await Http.PostAsync(Call(session, "t_close", signals.Argument));
        first.Events[^1].Retry.ShouldBe("20");
        first.Messages.ShouldAllBe(m => m.ContainsKey("method"));
        using var rest = await Http.ListenAsync("/mcp", ("Mcp-Session-Id", session), ("Last-Event-ID", first.Events[^1].Id!));
        signals.Go.SetResult();
        var events = await rest.ToEndAsync();
        events.Select(e => e.Message).Last()["result"]!["content"]![0]!["text"]!.GetValue<string>().ShouldBe("after the break");
        events.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Legacy_140_get_opens_a_stream_for_what_no_request_asked_for()
    {
        var session = await Http.InitializeAsync();
        await Http.PostAsync(McpRequest.Legacy("resources/subscribe", """{"uri":"note://mine"}""", session));
        using var stream = await Http.ListenAsync("/mcp", ("Mcp-Session-Id", session));
        (await stream.NextAsync())!.Data.ShouldBeEmpty();
        gateway.Get<IChanges>().ResourceUpdated(TenantId.Parse("other"), "note://mine");
        gateway.Get<IChanges>().ResourceUpdated(TenantId.Default, "note://other");
        gateway.Get<IChanges>().ResourceUpdated(TenantId.Default, "note://mine");
        var update = await stream.MessageAsync();
        ((string)update["method"]!).ShouldBe("notifications/resources/updated");
        update["params"]!.ToJsonString().ShouldBe("""{"uri":"note://mine"}""");
    }

    [Fact]
    public async Task Legacy_140_get_needs_a_client_that_accepts_streams() =>
        (await Http.GetAsync("/mcp", ("Mcp-Session-Id", await Http.InitializeAsync()), ("Accept", "application/json"))).ShouldFail(406, -32600);

    [Fact]
    public async Task Legacy_150_no_response_comes_on_the_get_stream()
    {
        var session = await Http.InitializeAsync();
        using var stream = await Http.ListenAsync("/mcp", ("Mcp-Session-Id", session));
        await stream.NextAsync();
        await Http.PostAsync(Call(session, "t_progress", """{"values":[1]}"""));
        gateway.Get<IChanges>().ToolsChanged();
        ((string)(await stream.MessageAsync())["method"]!).ShouldBe("notifications/tools/list_changed");
    }

    [Fact]
    public async Task Legacy_159_a_message_goes_to_one_stream_only()
    {
        var session = await Http.InitializeAsync();
        using var first = await Http.ListenAsync("/mcp", ("Mcp-Session-Id", session));
        await first.NextAsync();
        using var second = await Http.ListenAsync("/mcp", ("Mcp-Session-Id", session));
        await second.NextAsync();
        gateway.Get<IChanges>().ToolsChanged();
        ((string)(await second.MessageAsync())["method"]!).ShouldBe("notifications/tools/list_changed");
        (await first.ToEndAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Legacy_171_event_ids_are_unique_and_say_their_stream()
    {
        var session = await Http.InitializeAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Http.PostAsync(Call(session, "t_progress", """{"values":[1,2]}"""))));
        var ids = answers.SelectMany(a => a.Events.Select(e => e.Id!)).ToList();
        ids.Distinct().Count().ShouldBe(ids.Count);
        answers.ShouldAllBe(a => a.Events.Select(e => e.Id!.Substring(0, e.Id.LastIndexOf('.'))).Distinct().Count() == 1);
    }

    [Theory]
    [InlineData("2025-11-25")]
    [InlineData("2025-03-26")]
    public async Task Legacy_a_long_call_that_says_nothing_begins_its_answer_before_clients_give_up(string version)
    {
        var own = await TestGateway.StartAsync(o => o with { KeepAlive = TimeSpan.FromMilliseconds(30) });
        var signals = Signals.Make();
        var call = Call(await own.Http.InitializeAsync(version), "t_wait", signals.Argument);
        using (var stream = await own.Http.OpenAsync(call).WaitAsync(Guard.Time))
        {
            await stream.CommentAsync();
            signals.Go.SetResult();
            ((string)(await stream.ToEndAsync())[^1].Message["result"]!["content"]![0]!["text"]!).ShouldBe("went");
        }
        await own.DisposeAsync();
    }

    [Fact]
    public async Task Legacy_171_a_lost_stream_is_resumed_behind_the_last_event_and_with_its_own_messages_only()
    {
        var session = await Http.InitializeAsync();
        var signals = Signals.Make();
        string id;
        using (var stream = await Http.OpenAsync(Call(session, "t_wait", $$"""{"key":"{{signals.Key}}","before":true,"after":true}""")))
        {
            await stream.NextAsync();
            id = (await stream.NextAsync())!.Id!;
        }
        await Task.Delay(200);
        signals.Go.SetResult();
        await signals.Finished.Task.WaitAsync(Guard.Time);
        await Http.PostAsync(Call(session, "t_progress", """{"values":[1]}"""));
        using var rest = await Http.ListenAsync("/mcp", ("Mcp-Session-Id", session), ("Last-Event-ID", id));
        var messages = (await rest.ToEndAsync()).Select(e => e.Message).ToList();
        messages.Count.ShouldBe(2);
        ((int)messages[0]["params"]!["progress"]!).ShouldBe(2);
        ((string)messages[1]["result"]!["content"]![0]!["text"]!).ShouldBe("went");
    }

    [Fact]
    public async Task Legacy_171_another_session_resumes_nothing()
    {
        var session = await Http.InitializeAsync();
        var signals = Signals.Make();
        var first = await Http.PostAsync(Call(session, "t_close", signals.Argument));
        var other = await Http.InitializeAsync();
        var refused = await Http.GetAsync("/mcp", ("Mcp-Session-Id", other), ("Accept", "text/event-stream"), ("Last-Event-ID", first.Events[^1].Id!));
        refused.IsStream.ShouldBeFalse();
        signals.Go.SetResult();
    }

    // 404 would tell the client that its session is gone (line 213), and it would throw away a good one.
    [Theory]
    [InlineData("x")]
    [InlineData("AAAA.1")]
    [InlineData("AAAA.99999999999999999999")]
    [InlineData(".")]
    public async Task Legacy_171_an_unknown_event_is_refused_without_ending_the_session(string id)
    {
        var session = await Http.InitializeAsync();
        (await Http.GetAsync("/mcp", ("Mcp-Session-Id", session), ("Accept", "text/event-stream"), ("Last-Event-ID", id))).ShouldFail(400, -32600);
        (await Http.PostAsync(McpRequest.Legacy("ping", "{}", session))).ShouldSucceed();
    }

    [Fact]
    public async Task Legacy_171_resuming_the_get_stream_goes_on_listening()
    {
        var session = await Http.InitializeAsync();
        string id;
        using (var stream = await Http.ListenAsync("/mcp", ("Mcp-Session-Id", session)))
            id = (await stream.NextAsync())!.Id!;
        using var again = await Http.ListenAsync("/mcp", ("Mcp-Session-Id", session), ("Last-Event-ID", id));
        await again.NextAsync();
        gateway.Get<IChanges>().PromptsChanged();
        ((string)(await again.MessageAsync())["method"]!).ShouldBe("notifications/prompts/list_changed");
    }

    [Theory]
    [InlineData("2025-03-26")]
    [InlineData("2025-06-18")]
    [InlineData("2025-11-25")]
    public async Task Legacy_the_client_is_asked_on_the_calls_stream(string version)
    {
        var session = await Http.InitializeAsync(version, """{"elicitation":{},"sampling":{},"roots":{}}""");
        foreach (var (what, method) in new[] { ("form", "elicitation/create"), ("model", "sampling/createMessage"), ("roots", "roots/list") })
        {
            using var stream = await Http.OpenAsync(Call(session, "t_ask", $$"""{"what":"{{what}}"}"""));
            var asked = await stream.MessageAsync();
            ((string)asked["method"]!).ShouldBe(method);
            (await AnswerAsync(session, asked["id"]!, """ "result":{"seen":true} """)).Status.ShouldBe(202);
            ((string)(await stream.MessageAsync())["result"]!["content"]![0]!["text"]!).ShouldContain("seen");
        }
    }

    [Theory]
    [InlineData(""" "error":{"code":-1,"message":"User said no"} """, "User said no")]
    [InlineData(""" "error":"x" """, "")]
    [InlineData(""" "result":5 """, "")]
    [InlineData(""" "result":null """, "")]
    [InlineData(""" "result":[] """, "")]
    public async Task Legacy_an_answer_that_is_none_fails_the_call_and_is_no_defect_of_ours(string member, string sentence)
    {
        var session = await Http.InitializeAsync("2025-11-25", """{"elicitation":{}}""");
        var errors = gateway.Logs.Errors.Count();
        using var stream = await Http.OpenAsync(Call(session, "t_ask", "{}"));
        var asked = await stream.MessageAsync();
        (await AnswerAsync(session, asked["id"]!, member)).Status.ShouldBe(202);
        var message = await stream.MessageAsync();
        ((bool?)message["result"]?["isError"]).ShouldBe(true, message.ToJsonString());
        ((string)message["result"]!["content"]![0]!["text"]!).ShouldContain(sentence);
        gateway.Logs.Errors.Count().ShouldBe(errors);
    }

    [Fact]
    public async Task Legacy_another_session_cannot_answer()
    {
        var session = await Http.InitializeAsync("2025-11-25", """{"elicitation":{}}""");
        using var stream = await Http.OpenAsync(Call(session, "t_ask", "{}"));
        var asked = await stream.MessageAsync();
        await AnswerAsync(await Http.InitializeAsync("2025-11-25", """{"elicitation":{}}"""), asked["id"]!, """ "result":{"who":"intruder"} """);
        await AnswerAsync(session, asked["id"]!, """ "result":{"who":"owner"} """);
        (await stream.MessageAsync()).ToJsonString().ShouldContain("owner");
    }

    [Fact]
    public async Task Legacy_what_was_not_declared_is_not_asked()
    {
        var session = await Http.InitializeAsync("2025-11-25", """{"elicitation":{"url":{}}}""");
        foreach (var what in (string[])["form", "model", "roots"])
            (await Http.PostAsync(Call(session, "t_ask", $$"""{"what":"{{what}}"}"""))).IsToolError.ShouldBeTrue(what);
    }

    private static McpRequest Call(string session, string tool, string arguments) =>
        McpRequest.Legacy("tools/call", $$$"""{"name":"{{{tool}}}","arguments":{{{arguments}}},"_meta":{"progressToken":"p"}}""", session);

    private Task<Answer> AnswerAsync(string session, JsonNode id, string member) =>
        Http.PostAsync(McpRequest.Raw($$"""{"jsonrpc":"2.0","id":{{id.ToJsonString()}},{{member}}}""").Header("Mcp-Session-Id", session));
}
