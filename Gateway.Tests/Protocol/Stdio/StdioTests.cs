using System.IO.Pipelines;
using System.Text;
using System.Text.Json.Nodes;
using Granary.Gateway.Invocation;
using Granary.Gateway.Protocol.Stdio;
using Granary.Gateway.Tests.Plugins;
using Granary.Gateway.Tests.Support;

namespace Granary.Gateway.Tests.Protocol.Stdio;

/// <summary>The stdio transport over streams; the process itself is tested in <c>Hosting</c>.</summary>
[Collection(SharedGateway.Name)]
public sealed class StdioTests(TestGateway gateway) : IAsyncLifetime
{
    private const string Initialize = """{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{"elicitation":{}},"clientInfo":{"name":"x","version":"1"}}}""";

    private readonly Pipe _in = new();
    private readonly Pipe _out = new();
    private readonly CancellationTokenSource _stop = new();
    private StreamReader _lines = null!;
    private Task _serving = null!;

    public Task InitializeAsync()
    {
        _lines = new StreamReader(_out.Reader.AsStream());
        _serving = gateway.Get<StdioServer>().RunAsync(_in.Reader.AsStream(), _out.Writer.AsStream(), _stop.Token);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _in.Writer.CompleteAsync();
        await _serving.WaitAsync(Guard.Time);
    }

    [Fact]
    public async Task Both_eras_on_one_pipe()
    {
        await SendAsync(Initialize);
        ((string)(await ReadAsync())["result"]!["protocolVersion"]!).ShouldBe("2025-11-25");
        await SendAsync("""{"jsonrpc":"2.0","method":"notifications/initialized"}""");
        await SendAsync("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t_whoami"}}""");
        (await ToolTextAsync()).ShouldBe("default/anyone/2025-11-25/");
        await SendAsync(Modern("tools/call", """{"name":"t_whoami"}"""));
        (await ToolTextAsync()).ShouldBe("default/anyone/2026-07-28/");
    }

    [Fact]
    public async Task Blank_lines_are_skipped_and_carriage_returns_are_white_space()
    {
        await SendAsync("\n  \r\n\t\n" + Modern("server/discover", "{}") + "\r");
        ((string)(await ReadAsync())["result"]!["resultType"]!).ShouldBe("complete");
    }

    [Theory]
    [InlineData("{", -32700)]
    [InlineData("7", -32600)]
    [InlineData("[]", -32600)]
    [InlineData("\"x\"", -32600)]
    [InlineData("nonsense", -32700)]
    public async Task What_is_no_message_is_answered_and_the_next_is_served(string line, int code)
    {
        await SendAsync(line);
        ((int)(await ReadAsync())["error"]!["code"]!).ShouldBe(code);
        await SendAsync(Modern("server/discover", "{}"));
        (await ReadAsync()).ContainsKey("result").ShouldBeTrue();
    }

    [Fact]
    public async Task A_message_that_is_too_large_is_answered_and_the_next_is_served()
    {
        var sending = SendAsync(new string('x', (4 * 1024 * 1024) + 10) + "\n" + Modern("server/discover", "{}"));
        ((int)(await ReadAsync())["error"]!["code"]!).ShouldBe(-32600);
        (await ReadAsync()).ContainsKey("result").ShouldBeTrue();
        await sending;
    }

    [Fact]
    public async Task A_line_that_never_ends_is_answered_and_ends_the_stream()
    {
        var sending = _in.Writer.WriteAsync(new byte[(4 * 1024 * 1024) + 10]).AsTask();
        ((int)(await ReadAsync())["error"]!["code"]!).ShouldBe(-32600);
        await _serving.WaitAsync(Guard.Time);
        await _in.Reader.CompleteAsync();
        await sending;
    }

    [Fact]
    public async Task A_subscription_is_acknowledged_tells_what_was_asked_for_and_ends_when_the_client_cancels_it()
    {
        await SendAsync("""{"jsonrpc":"2.0","id":"sub","method":"subscriptions/listen","params":{"notifications":{"toolsListChanged":true},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}""");
        var acknowledged = await ReadAsync();
        ((string)acknowledged["method"]!).ShouldBe("notifications/subscriptions/acknowledged");
        gateway.Get<IChanges>().PromptsChanged();
        gateway.Get<IChanges>().ToolsChanged();
        var change = await ReadAsync();
        ((string)change["method"]!).ShouldBe("notifications/tools/list_changed");
        ((string)change["params"]!["_meta"]!["io.modelcontextprotocol/subscriptionId"]!).ShouldBe("sub");
        await SendAsync("""{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"sub"}}""");
        await SendAsync(Modern("server/discover", "{}"));
        ((string)(await ReadAsync())["result"]!["resultType"]!).ShouldBe("complete", "a cancelled subscription gets no result");
    }

    [Fact]
    public async Task A_subscription_is_completed_when_the_server_stops()
    {
        await SendAsync("""{"jsonrpc":"2.0","id":7,"method":"subscriptions/listen","params":{"notifications":{"toolsListChanged":true},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}""");
        await ReadAsync();
        await _stop.CancelAsync();
        ((string)(await ReadAsync())["method"]!).ShouldBe("notifications/cancelled");
        var end = await ReadAsync();
        ((int)end["id"]!).ShouldBe(7);
        ((string)end["result"]!["resultType"]!).ShouldBe("complete");
    }

    [Fact]
    public async Task Line_breaks_in_a_result_do_not_break_the_line()
    {
        await SendAsync(Modern("tools/call", """{"name":"t_nasty"}"""));
        (await ToolTextAsync()).ShouldBe(NastyTool.Output);
    }

    [Theory]
    [InlineData("2099-01-01", -32022)]
    [InlineData("", -32022)]
    public async Task A_version_nobody_speaks_is_refused(string version, int code)
    {
        await SendAsync(Modern("server/discover", "{}").Replace("2026-07-28", version, StringComparison.Ordinal));
        ((int)(await ReadAsync())["error"]!["code"]!).ShouldBe(code);
    }

    [Fact]
    public async Task Legacy_calls_are_cancelled_by_notification()
    {
        await SendAsync(Initialize);
        await ReadAsync();
        var signals = Signals.Make();
        await SendAsync($$$"""{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"t_wait","arguments":{{{signals.Argument}}}}}""");
        await CancelAsync(signals);
    }

    // Over stdio there is no stream to close, so the notification is how a modern client cancels.
    [Fact]
    public async Task Modern_calls_are_cancelled_by_notification()
    {
        var signals = Signals.Make();
        await SendAsync(Modern("tools/call", $$"""{"name":"t_wait","arguments":{{signals.Argument}}}"""));
        await CancelAsync(signals);
    }

    [Fact]
    public async Task L3_a_client_that_asked_for_no_changes_is_sent_none()
    {
        await SendAsync(Modern("server/discover", "{}"));
        await ReadAsync();
        gateway.Get<IChanges>().ToolsChanged();
        await SendAsync(Modern("server/discover", "{}"));
        (await ReadAsync()).ContainsKey("result").ShouldBeTrue();
    }

    [Fact]
    public async Task Legacy_clients_hear_of_changes_and_are_asked()
    {
        await SendAsync(Initialize);
        await ReadAsync();
        gateway.Get<IChanges>().ToolsChanged();
        ((string)(await ReadAsync())["method"]!).ShouldBe("notifications/tools/list_changed");
        await SendAsync("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t_ask"}}""");
        var asked = await ReadAsync();
        ((string)asked["method"]!).ShouldBe("elicitation/create");
        await SendAsync($$$"""{"jsonrpc":"2.0","id":{{{asked["id"]!.ToJsonString()}}},"result":{"action":"decline"}}""");
        (await ToolTextAsync()).ShouldContain("decline");
    }

    [Fact]
    public async Task Both_eras_hear_of_appends_to_the_vaults_they_subscribed_to()
    {
        await SendAsync(Initialize);
        await ReadAsync();
        var vault = $"stdio-{Guid.NewGuid():N}";
        await SendAsync($$$"""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"init_vault","arguments":{"vault_path":"{{{vault}}}"} } }""");
        await ReadAsync();
        await SendAsync($$$"""{"jsonrpc":"2.0","id":2,"method":"resources/subscribe","params":{"uri":"vault://{{{vault}}}/head"}}""");
        ((int)(await ReadAsync())["id"]!).ShouldBe(2);
        await SendAsync(Modern("subscriptions/listen", $$$"""{"notifications":{"resourceSubscriptions":["vault://{{{vault}}}/events"]}}"""));
        ((string)(await ReadAsync())["method"]!).ShouldBe("notifications/subscriptions/acknowledged");
        await SendAsync($$$"""{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"append_event","arguments":{"vault_path":"{{{vault}}}","event_type":"note","data":{} } } }""");
        var messages = new[] { await ReadAsync(), await ReadAsync(), await ReadAsync() };
        messages.Where(m => m.ContainsKey("method")).Select(m => (string)m["params"]!["uri"]!)
            .ShouldBe([$"vault://{vault}/head", $"vault://{vault}/events"], ignoreOrder: true);
    }

    [Fact]
    public async Task The_end_of_the_input_lets_calls_under_way_finish()
    {
        var signals = Signals.Make();
        await SendAsync(Modern("tools/call", $$"""{"name":"t_wait","arguments":{{signals.Argument}}}"""));
        await signals.Started.Task.WaitAsync(Guard.Time);
        await _in.Writer.CompleteAsync();
        signals.Go.SetResult();
        (await ToolTextAsync()).ShouldBe("went");
        await _serving.WaitAsync(Guard.Time);
    }

    [Fact]
    public async Task Told_to_stop_it_stops()
    {
        await _stop.CancelAsync();
        await _serving.WaitAsync(Guard.Time);
    }

    private static string Modern(string method, string parameters) => McpRequest.Modern(method, parameters).Id(5).Body.ToJsonString();

    private async Task CancelAsync(Signals signals)
    {
        await signals.Started.Task.WaitAsync(Guard.Time);
        await SendAsync("""{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":5}}""");
        await signals.Cancelled.Task.WaitAsync(Guard.Time);
        await SendAsync(Modern("server/discover", "{}").Replace("\"id\":5", "\"id\":6", StringComparison.Ordinal));
        ((int)(await ReadAsync())["id"]!).ShouldBe(6);
    }

    private async Task SendAsync(string line) => await _in.Writer.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"));

    private async Task<JsonObject> ReadAsync() => JsonNode.Parse((await _lines.ReadLineAsync().WaitAsync(Guard.Time))!)!.AsObject();

    private async Task<string> ToolTextAsync() => (string)(await ReadAsync())["result"]!["content"]![0]!["text"]!;
}
