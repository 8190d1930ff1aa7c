using Granary.Gateway.Protocol.Http;
using Granary.Gateway.Tests.Plugins;
using Granary.Gateway.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Gateway.Tests.Protocol.Http;

/// <summary>Rules S1 to S7, P1 and G1: what a response stream carries.</summary>
[Collection(SharedGateway.Name)]
public sealed class StreamRules(TestGateway gateway)
{
    private McpHttp Http => gateway.Http;

    private static McpRequest Progress(string values, string? token = "p") => McpRequest.Call("t_progress", $$"""{"values":{{values}}}""")
        .With(r => r.Meta["progressToken"] = token);

    [Fact]
    public async Task S1_a_stream_carries_notifications_of_its_own_request_only()
    {
        var one = Signals.Make();
        var two = Signals.Make();
        async Task<SseReader> Open(Signals signals) => await Http.OpenAsync(
            McpRequest.Call("t_wait", $$"""{"key":"{{signals.Key}}","before":true,"after":true}""").With(r => r.Meta["progressToken"] = signals.Key));
        using var first = await Open(one);
        using var second = await Open(two);
        await Http.CallAsync("t_change", """{"what":"tools"}""");
        two.Go.SetResult();
        one.Go.SetResult();
        foreach (var (stream, signals) in new[] { (first, one), (second, two) })
        {
            var messages = (await stream.ToEndAsync()).Select(e => e.Message).ToList();
            messages.Count.ShouldBe(3);
            messages.Take(2).ShouldAllBe(m => (string)m["params"]!["progressToken"]! == signals.Key);
        }
    }

    [Fact]
    public async Task S2_no_request_is_ever_sent_to_the_client()
    {
        var answer = await Http.PostAsync(McpRequest.Call("t_ask", """{"before":true}""", """{"elicitation":{},"sampling":{},"roots":{}}""")
            .With(r => r.Meta["progressToken"] = 1));
        answer.IsStream.ShouldBeTrue();
        answer.Messages.ShouldAllBe(m => !m.ContainsKey("method") || !m.ContainsKey("id"));
        ((string)answer.Result["resultType"]!).ShouldBe("input_required");
    }

    [Fact]
    public async Task S3_the_response_is_the_last_event_and_ends_the_stream()
    {
        var answer = await Http.PostAsync(Progress("[1,2]"));
        answer.Events.Count.ShouldBe(3);
        answer.ToolText.ShouldBe("arrived");
    }

    [Fact]
    public async Task S3_an_error_ends_the_stream_too()
    {
        var answer = await Http.PostAsync(McpRequest.Call("t_ask", """{"before":true}""").With(r => r.Meta["progressToken"] = 1));
        answer.IsStream.ShouldBeTrue();
        answer.Code.ShouldBe(-32021);
    }

    [Fact]
    public async Task S4_streams_tell_proxies_not_to_buffer()
    {
        var answer = await Http.PostAsync(Progress("[1]"));
        answer.Header("X-Accel-Buffering").ShouldBe("no");
        answer.Header("Cache-Control").ShouldNotBeNull().ShouldContain("no-cache");
    }

    [Fact]
    public async Task S5_quiet_streams_are_kept_alive_with_comments()
    {
        var own = await TestGateway.StartAsync(o => o with { KeepAlive = TimeSpan.FromMilliseconds(30) });
        using (var stream = await own.Http.OpenAsync(McpRequest.Modern("subscriptions/listen", """{"notifications":{}}""")))
        {
            await stream.MessageAsync();
            await stream.CommentAsync();
            await stream.CommentAsync();
        }
        await own.DisposeAsync();
    }

    [Fact]
    public async Task S5_a_long_call_that_says_nothing_begins_its_answer_before_clients_give_up()
    {
        var own = await TestGateway.StartAsync(o => o with { KeepAlive = TimeSpan.FromMilliseconds(30) });
        var signals = Signals.Make();
        using (var stream = await own.Http.OpenAsync(McpRequest.Call("t_wait", signals.Argument)).WaitAsync(Guard.Time))
        {
            await stream.CommentAsync();
            signals.Go.SetResult();
            ((string)(await stream.MessageAsync())["result"]!["content"]![0]!["text"]!).ShouldBe("went");
            (await stream.NextAsync()).ShouldBeNull();
        }
        await own.DisposeAsync();
    }

    [Fact]
    public async Task S5_a_client_that_takes_no_stream_gets_plain_JSON_however_long_it_takes()
    {
        var own = await TestGateway.StartAsync(o => o with { KeepAlive = TimeSpan.FromMilliseconds(1) });
        var signals = Signals.Make();
        var answering = own.Http.PostAsync(McpRequest.Call("t_wait", signals.Argument).Header("Accept", "application/json"));
        await signals.Started.Task.WaitAsync(Guard.Time);
        signals.Go.SetResult();
        var answer = await answering;
        answer.IsStream.ShouldBeFalse();
        answer.ToolText.ShouldBe("went");
        await own.DisposeAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task S6_a_client_that_closes_the_stream_cancels_the_call(bool streaming)
    {
        var signals = Signals.Make();
        using var abort = new CancellationTokenSource();
        var request = McpRequest.Call("t_wait", $$"""{"key":"{{signals.Key}}","before":{{(streaming ? "true" : "false")}}}""")
            .With(r => r.Meta["progressToken"] = 1);
        var sending = Http.StartAsync(request, abort.Token);
        await signals.Started.Task.WaitAsync(Guard.Time);
        if (streaming)
            (await sending).Dispose();
        await abort.CancelAsync();
        await signals.Cancelled.Task.WaitAsync(Guard.Time);
        signals.Finished.Task.IsCompleted.ShouldBeFalse();
        await Should.ThrowAsync<OperationCanceledException>(() => streaming ? Task.FromCanceled(abort.Token) : sending);
    }

    // The other half of S7, the end of a listen stream, is L4.
    [Fact]
    public async Task S7_a_server_never_cancels_on_a_response_stream()
    {
        foreach (var kind in (string[])["mcp", "protocol", "timeout", "defect"])
        {
            var answer = await Http.PostAsync(McpRequest.Call("t_throw", $$"""{"kind":"{{kind}}"}""").Header("Accept", "text/event-stream"));
            answer.Notifications("notifications/cancelled").ShouldBeEmpty();
        }
    }

    [Theory]
    [InlineData("[1,1,0.5,2,2,3,-1]", new[] { 1.0, 2, 3 })]
    [InlineData("[0,1e-9,16777216,16777217,16777218]", null)]
    public async Task P1_progress_strictly_increases(string values, double[]? expected)
    {
        var seen = (await Http.PostAsync(Progress(values))).Notifications("notifications/progress").Select(m => (double)m["params"]!["progress"]!).ToList();
        seen.ShouldNotBeEmpty();
        seen.Zip(seen.Skip(1)).ShouldAllBe(pair => pair.First < pair.Second);
        if (expected is not null)
            seen.ShouldBe(expected);
    }

    [Theory]
    [InlineData("\"p\"")]
    [InlineData("\"\"")]
    [InlineData("7")]
    [InlineData("1.5")]
    [InlineData("99999999999999999999999")]
    public async Task P1_the_token_comes_back_as_it_was(string token)
    {
        var request = Progress("[1]", "TOKEN");
        var answer = await Http.PostAsync(request.Text(request.Body.ToJsonString().Replace("\"TOKEN\"", token, StringComparison.Ordinal)));
        answer.ToolText.ShouldBe("arrived");
        answer.Notifications("notifications/progress").Single()["params"]!["progressToken"]!.ToJsonString().ShouldBe(token);
    }

    [Fact]
    public async Task P1_without_a_token_there_is_no_progress() => (await Http.PostAsync(Progress("[1,2]", null).With(r => r.Meta.Remove("progressToken")))).Events.ShouldBeEmpty();

    [Theory]
    [InlineData("null")]
    [InlineData("true")]
    [InlineData("{}")]
    public async Task P1_a_token_that_is_neither_string_nor_number_is_refused(string token)
    {
        var request = Progress("[1]", "TOKEN");
        (await Http.PostAsync(request.Text(request.Body.ToJsonString().Replace("\"TOKEN\"", token, StringComparison.Ordinal)))).ShouldFail(400, -32602);
    }

    [Fact]
    public async Task P1_progress_stops_at_completion()
    {
        var signals = Signals.Make();
        using var one = new McpHttp(gateway.Root);
        var first = await one.PostAsync(McpRequest.Call("t_late", signals.Argument).With(r => r.Meta["progressToken"] = "late"));
        first.ToolText.ShouldBe("answered");
        // The same connection, so that whatever the first call still writes would land here.
        var other = Signals.Make();
        using var second = await one.OpenAsync(McpRequest.Call("t_wait", $$"""{"key":"{{other.Key}}","before":true}""").With(r => r.Meta["progressToken"] = 1));
        signals.Go.SetResult();
        await signals.Finished.Task.WaitAsync(Guard.Time);
        other.Go.SetResult();
        string.Join('\n', (await second.ToEndAsync()).Select(e => e.Data)).ShouldNotContain("too late");
    }

    [Fact]
    public async Task G1_nothing_is_logged_to_a_client_that_did_not_ask() =>
        (await Http.CallAsync("t_log")).Messages.ShouldHaveSingleItem();

    [Theory]
    [InlineData("debug", 4)]
    [InlineData("info", 3)]
    [InlineData("warning", 2)]
    [InlineData("emergency", 0)]
    public async Task G1_the_requests_level_decides(string level, int count)
    {
        var answer = await Http.PostAsync(McpRequest.Call("t_log").With(r => r.Meta["io.modelcontextprotocol/logLevel"] = level));
        answer.Notifications("notifications/message").Count().ShouldBe(count);
        (await Http.CallAsync("t_log")).Messages.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("verbose")]
    [InlineData("")]
    public async Task G1_a_level_that_does_not_exist_is_refused(string level)
    {
        var answer = await Http.PostAsync(McpRequest.Call("t_log").With(r => r.Meta["io.modelcontextprotocol/logLevel"] = level));
        answer.Code.ShouldBe(-32602);
        answer.ErrorText.ShouldContain("warning");
    }

    [Fact]
    public async Task G1_secrets_of_a_defect_are_not_told()
    {
        var own = await TestGateway.StartAsync(o => o);
        var answer = await own.Http.CallAsync("t_throw", """{"kind":"defect"}""");
        answer.Code.ShouldBe(-32603);
        answer.Text.ShouldNotContain("secret detail");
        own.Logs.Errors.ShouldContain(e => e.Contains("secret detail"));
        own.Services.GetRequiredService<InFlight>().Count.ShouldBe(0);
        await own.DisposeAsync();
    }
}
