using System.Text;
using Granary.Gateway.Changes;
using Granary.Gateway.Invocation;
using Granary.Gateway.Protocol.Legacy.Sessions;
using Granary.Gateway.Tests.Plugins;
using Granary.Gateway.Tests.Support;

namespace Granary.Gateway.Tests.Protocol.Legacy.Sse;

/// <summary>HTTP+SSE of 2024-11-05 on <c>/sse</c> and <c>/message</c>: the table of the older server, and the transport's rules.</summary>
[Collection(SharedGateway.Name)]
public sealed class HttpSseRules(TestGateway gateway)
{
    private const string Initialize = """{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2024-11-05","capabilities":{},"clientInfo":{"name":"x","version":"1"}}}""";

    private McpHttp Http => gateway.Http;

    [Fact]
    public async Task Legacy_2024_the_stream_names_the_address_first()
    {
        using var stream = await Http.ListenAsync("/sse");
        var first = await stream.NextAsync();
        first!.Name.ShouldBe("endpoint");
        first.Data.ShouldMatch("^/message\\?session_id=[0-9a-f-]{36}$");
        stream.Response.Headers.CacheControl!.NoCache.ShouldBeTrue();
    }

    [Theory]
    [InlineData("/message")]
    [InlineData("/messages")]
    public async Task Legacy_2024_posts_are_202_and_answers_come_on_the_stream(string path)
    {
        using var stream = await Http.ListenAsync("/sse");
        var address = (await stream.NextAsync())!.Data.Replace("/message", path, StringComparison.Ordinal);
        var accepted = await PostAsync(address, Initialize);
        accepted.Status.ShouldBe(202);
        accepted.Text.ShouldBeEmpty();
        var answer = await stream.NextAsync();
        answer!.Name.ShouldBe("message");
        ((string)answer.Message["result"]!["protocolVersion"]!).ShouldBe("2024-11-05");
        (await PostAsync(address, """{"jsonrpc":"2.0","method":"notifications/initialized"}""")).Status.ShouldBe(202);
        await PostAsync(address, """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t_whoami"}}""");
        (await stream.MessageAsync())["result"]!["content"]![0]!["text"]!.GetValue<string>().ShouldBe("default/anyone/2024-11-05/");
        await PostAsync(address, """{"jsonrpc":"2.0","id":2,"method":"no/such"}""");
        ((int)(await stream.MessageAsync())["error"]!["code"]!).ShouldBe(-32601);
    }

    [Theory]
    [InlineData("/message")]
    [InlineData("/message?session_id=")]
    [InlineData("/message?session_id=9b3c1f4e-0000-0000-0000-000000000000")]
    [InlineData("/message?session_id=a&session_id=b")]
    [InlineData("/message?session_id=%00")]
    public async Task Legacy_2024_an_unknown_session_is_404(string path)
    {
        var answer = await PostAsync(path, Initialize);
        answer.Status.ShouldBe(404);
        answer.Text.ShouldBe("""{"error":"session_not_found"}""");
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("7")]
    [InlineData("[]")]
    [InlineData("""{"jsonrpc":"1.0","id":1,"method":"ping"}""")]
    public async Task Legacy_2024_what_is_no_message_is_400(string body)
    {
        using var stream = await Http.ListenAsync("/sse");
        var answer = await PostAsync((await stream.NextAsync())!.Data, body);
        answer.Status.ShouldBe(400);
        answer.Text.ShouldBe("""{"error":"invalid_request"}""");
    }

    [Fact]
    public async Task Legacy_2024_a_body_that_is_too_large_is_413()
    {
        using var stream = await Http.ListenAsync("/sse");
        var request = Http.Request(HttpMethod.Post, (await stream.NextAsync())!.Data);
        request.Content = new StringContent(new string(' ', (4 * 1024 * 1024) + 1), Encoding.UTF8, "application/json");
        request.Headers.ExpectContinue = true;
        (await Http.SendAsync(request)).Status.ShouldBe(413);
    }

    [Fact]
    public async Task Legacy_2024_the_session_ends_with_its_stream_and_its_calls_are_cancelled()
    {
        var signals = Signals.Make();
        string address;
        using (var stream = await Http.ListenAsync("/sse"))
        {
            address = (await stream.NextAsync())!.Data;
            await PostAsync(address, Initialize);
            await stream.NextAsync();
            await PostAsync(address, $$$"""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t_wait","arguments":{{{signals.Argument}}}}}""");
            await signals.Started.Task.WaitAsync(Guard.Time);
        }
        await signals.Cancelled.Task.WaitAsync(Guard.Time);
        await Guard.UntilAsync(() => PostAsync(address, Initialize).GetAwaiter().GetResult().Status == 404, "the session is gone");
    }

    [Fact]
    public async Task Legacy_2024_cancelled_cancels_and_is_not_answered()
    {
        using var stream = await Http.ListenAsync("/sse");
        var address = (await stream.NextAsync())!.Data;
        await PostAsync(address, Initialize);
        await stream.NextAsync();
        var signals = Signals.Make();
        var posting = PostAsync(address, $$$"""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t_wait","arguments":{{{signals.Holding}}}}}""");
        await signals.Started.Task.WaitAsync(Guard.Time);
        await PostAsync(address, """{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}""");
        signals.Told.Set();
        await posting;
        await signals.Cancelled.Task.WaitAsync(Guard.Time);
        await PostAsync(address, """{"jsonrpc":"2.0","id":2,"method":"ping"}""");
        ((int)(await stream.MessageAsync())["id"]!).ShouldBe(2);
    }

    [Fact]
    public async Task Legacy_2024_nothing_is_pushed_before_the_handshake()
    {
        using var stream = await Http.ListenAsync("/sse");
        var address = (await stream.NextAsync())!.Data;
        gateway.Get<IChanges>().ToolsChanged();
        await PostAsync(address, Initialize);
        ((int)(await stream.MessageAsync())["id"]!).ShouldBe(0);
        gateway.Get<IChanges>().ToolsChanged();
        ((string)(await stream.MessageAsync())["method"]!).ShouldBe("notifications/tools/list_changed");
    }

    [Fact]
    public async Task Legacy_2024_subscriptions_leave_nothing_behind()
    {
        var own = await TestGateway.StartAsync(o => o);
        using (var stream = await own.Http.ListenAsync("/sse"))
        {
            var address = (await stream.NextAsync())!.Data;
            foreach (var body in (string[])[Initialize, """{"jsonrpc":"2.0","id":1,"method":"resources/subscribe","params":{"uri":"note://mine"}}"""])
            {
                await PostAsync(address, body, own.Http);
                await stream.MessageAsync();
            }
            own.Get<ResourceWatch>().Count.ShouldBe(1);
        }
        await Guard.UntilAsync(() => own.Get<ResourceWatch>().Count + own.Get<SessionStates>().Count == 0, "the session is forgotten");
        await own.DisposeAsync();
    }

    private Task<Answer> PostAsync(string path, string body, McpHttp? http = null)
    {
        http ??= Http;
        var request = http.Request(HttpMethod.Post, path);
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        return http.SendAsync(request);
    }
}
