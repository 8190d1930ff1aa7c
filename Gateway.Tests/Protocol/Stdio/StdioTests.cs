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

    private const string Listen = """{"jsonrpc":"2.0","id":"sub","method":"subscriptions/listen","params":{"notifications":{"toolsListChanged":true},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}""";

    private readonly Pipe _in = new();
    private readonly Pipe _out = new();
    private readonly CancellationTokenSource _broken = new();
    private readonly CancellationTokenSource _stop = new();
    private StreamReader _lines = null!;
    private Task _serving = null!;

    public Task InitializeAsync()
    {
        _lines = new StreamReader(_out.Reader.AsStream());
        _serving = gateway.Get<StdioServer>().RunAsync(_in.Reader.AsStream(), _out.Writer.AsStream(), _broken.Token, _stop.Token);
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
        await SendAsync(Listen);
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

    // Official clients close the input first, and a server that then does not end is told to stop.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_that_closed_the_input_and_says_stop_has_its_calls_cancelled_in_both_eras(bool closedFirst)
    {
        var calls = await StartCallsAsync();
        if (closedFirst)
            await _in.Writer.CompleteAsync();
        await _stop.CancelAsync();
        await _in.Writer.CompleteAsync();
        await CancelledAsync(calls);
    }

    [Fact]
    public async Task Calls_are_cancelled_once_nobody_reads_the_output()
    {
        var calls = await StartCallsAsync();
        await _broken.CancelAsync();
        await CancelledAsync(calls);
    }

    [Fact]
    public async Task Output_that_cannot_be_written_ends_the_conversation()
    {
        var server = gateway.Get<StdioServer>();
        var input = new Pipe();
        var serving = server.RunAsync(input.Reader.AsStream(), new BrokenPipe(), CancellationToken.None, CancellationToken.None);
        await input.Writer.WriteAsync(Encoding.UTF8.GetBytes(Modern("server/discover", "{}") + "\n"));
        await serving.WaitAsync(Guard.Time);
    }

    // As a client that is stopped, or has forgotten its server.
    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    public async Task Output_that_is_open_and_full_does_not_hold_the_end(string line)
    {
        var server = gateway.Get<StdioServer>();
        var (input, output) = (new Pipe(), new Pipe(new PipeOptions(pauseWriterThreshold: 1, resumeWriterThreshold: 1)));
        var serving = server.RunAsync(input.Reader.AsStream(), output.Writer.AsStream(), CancellationToken.None, _stop.Token);
        await input.Writer.WriteAsync(Encoding.UTF8.GetBytes(Listen + "\n" + Modern("server/discover", "{}") + "\n" + line + "\n"));
        await output.Reader.ReadAtLeastAsync(1);
        await input.Writer.CompleteAsync();
        await _stop.CancelAsync();
        await serving.WaitAsync(Guard.Time);
    }

    [Fact]
    public async Task Told_to_stop_it_stops()
    {
        await _stop.CancelAsync();
        await _serving.WaitAsync(Guard.Time);
    }

    private async Task<List<Signals>> StartCallsAsync()
    {
        // Before the handshake an older client has no session; its call ends like the others.
        List<Signals> calls = [Signals.Make(), Signals.Make(), Signals.Make()];
        await SendAsync(Older(calls[0], 1));
        await SendAsync(Initialize);
        await ReadAsync();
        await SendAsync(Older(calls[1], 2));
        await SendAsync(Modern("tools/call", $$"""{"name":"t_wait","arguments":{{calls[2].Argument}}}"""));
        foreach (var call in calls)
            await call.Started.Task.WaitAsync(Guard.Time);
        return calls;
    }

    private async Task CancelledAsync(List<Signals> calls)
    {
        foreach (var call in calls)
            await call.Cancelled.Task.WaitAsync(Guard.Time);
        await _serving.WaitAsync(Guard.Time);
    }

    private static string Older(Signals call, int id) =>
        $$$"""{"jsonrpc":"2.0","id":{{{id}}},"method":"tools/call","params":{"name":"t_wait","arguments":{{{call.Argument}}}}}""";

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

    private sealed class BrokenPipe : MemoryStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => throw new IOException("Broken pipe");
    }
}
