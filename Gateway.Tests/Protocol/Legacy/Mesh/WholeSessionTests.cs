using System.Collections.Concurrent;
using System.Text.Json;
using Granary.Gateway.Tests.Plugins;
using Granary.Gateway.Tests.Support;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Tests.Protocol.Legacy.Mesh;

/// <summary>Everything a client does, through a load balancer that keeps no request with the one before.</summary>
public sealed class WholeSessionTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_legacy_session_from_its_first_request_to_its_last(int gateways)
    {
        await using var replicas = await Replicas.StartAsync(gateways);
        await replicas.CreateVaultAsync("team/notes");
        await using var balancer = await RoundRobin.StartAsync([.. Enumerable.Range(0, gateways).Select(i => replicas[i])]);
        using var http = new McpHttp(balancer.Root);
        var session = await http.InitializeAsync("2025-11-25", """{"elicitation":{}}""");
        (await http.PostAsync(McpRequest.Raw("""{"jsonrpc":"2.0","method":"notifications/initialized"}""").Header("Mcp-Session-Id", session))).Status.ShouldBe(202);

        using var push = await http.ListenAsync("/mcp", ("Mcp-Session-Id", session));
        await push.NextAsync();
        (await http.PostAsync(McpRequest.Legacy("resources/subscribe", """{"uri":"vault://team%2Fnotes/events"}""", session))).ShouldSucceed();
        (await http.PostAsync(Call(session, "append_event", """{"vault_path":"team/notes","event_type":"note","data":{}}"""))).ShouldSucceed();
        ((string)(await push.MessageAsync())["params"]!["uri"]!).ShouldBe("vault://team%2Fnotes/events");

        (await http.PostAsync(McpRequest.Legacy("logging/setLevel", """{"level":"error"}""", session))).ShouldSucceed();
        for (var i = 0; i < gateways; i++)
            (await http.PostAsync(Call(session, "t_log", "{}"))).Notifications("notifications/message").Count().ShouldBe(1);

        (await http.PostAsync(Call(session, "t_progress", """{"values":[1,2]}"""))).Notifications("notifications/progress").Count().ShouldBe(2);

        using (var asking = await http.OpenAsync(Call(session, "t_ask", "{}")))
        {
            var question = await asking.MessageAsync();
            (await http.PostAsync(McpRequest.Raw($$$"""{"jsonrpc":"2.0","id":{{{question["id"]!.ToJsonString()}}},"result":{"name":"Ada"}}""")
                .Header("Mcp-Session-Id", session))).Status.ShouldBe(202);
            (await asking.MessageAsync()).ToJsonString().ShouldContain("Ada");
        }

        var signals = Signals.Make();
        var cancelled = http.PostAsync(Call(session, "t_wait", signals.Argument).Id("to be cancelled"));
        await signals.Started.Task.WaitAsync(Guard.Time);
        (await http.PostAsync(McpRequest.Raw("""{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"to be cancelled"}}""")
            .Header("Mcp-Session-Id", session))).Status.ShouldBe(202);
        await signals.Cancelled.Task.WaitAsync(Guard.Time);
        (await cancelled).Text.ShouldBeEmpty();

        signals = Signals.Make();
        var early = await http.PostAsync(Call(session, "t_close", signals.Argument));
        using (var rest = await http.ListenAsync("/mcp", ("Mcp-Session-Id", session), ("Last-Event-ID", early.Events[^1].Id!)))
        {
            signals.Go.SetResult();
            (await rest.ToEndAsync())[^1].Message.ToJsonString().ShouldContain("after the break");
        }

        (await http.DeleteAsync(("Mcp-Session-Id", session))).Status.ShouldBe(204);
        for (var i = 0; i < gateways; i++)
            (await http.PostAsync(McpRequest.Legacy("ping", "{}", session))).ShouldFail(404, -32001);
        (await push.ToEndAsync()).ShouldAllBe(e => e.Data.Length == 0);
    }

    [Theory]
    [InlineData("StreamableHttp", "2026-07-28", "/mcp")]
    [InlineData("StreamableHttp", "2025-11-25", "/mcp")]
    [InlineData("StreamableHttp", "2025-06-18", "/mcp")]
    [InlineData("Sse", "2024-11-05", "/sse")]
    public async Task The_SDKs_client_notices_nothing(string mode, string version, string path)
    {
        await using var replicas = await Replicas.StartAsync();
        await replicas.CreateVaultAsync("notes");
        await using var balancer = await RoundRobin.StartAsync(replicas[0], replicas[1]);
        var heard = new ConcurrentQueue<string>();
        await using var client = await ConnectAsync(new Uri(balancer.Root, path), mode, version, heard);
        for (var i = 0; i < 3; i++)
        {
            (await client.ListToolsAsync()).Select(t => t.Name).ShouldContain("t_echo");
            foreach (var (what, answer) in new[] { ("form", "Ada"), ("model", "from the model"), ("roots", "file:///here") })
                Text(await client.CallToolAsync("t_ask", new Dictionary<string, object?> { ["what"] = what })).ShouldContain(answer);
        }
        var head = await client.ReadResourceAsync("vault://notes/head");
        ((TextResourceContents)head.Contents.Single()).Text.ShouldContain("\"count\":0");
        if (version != "2026-07-28")
        {
            await client.SubscribeToResourceAsync(new Uri("vault://notes/head"));
            // The SDK opens its stream when it likes.
            for (var i = 0; i < 100 && heard.IsEmpty; i++)
            {
                await replicas.AppendAsync(i % 2, "notes");
                await Task.Delay(50);
            }
            heard.ShouldContain("vault://notes/head");
        }
        balancer.Requests.ShouldBeGreaterThan(10);
        replicas[0].Logs.Errors.Concat(replicas[1].Logs.Errors).ShouldBeEmpty();
    }

    private static McpRequest Call(string session, string tool, string arguments) =>
        McpRequest.Legacy("tools/call", $$$"""{"name":"{{{tool}}}","arguments":{{{arguments}}},"_meta":{"progressToken":"p"}}""", session);

    private static string Text(CallToolResult result) => ((TextContentBlock)result.Content.Single()).Text;

    private static Task<McpClient> ConnectAsync(Uri endpoint, string mode, string version, ConcurrentQueue<string> heard) => McpClient.CreateAsync(
        new HttpClientTransport(new HttpClientTransportOptions { Endpoint = endpoint, TransportMode = Enum.Parse<HttpTransportMode>(mode) }),
        new McpClientOptions
        {
            ProtocolVersion = version,
            Handlers = new McpClientHandlers
            {
                ElicitationHandler = (_, _) => new(new ElicitResult
                {
                    Action = "accept",
                    Content = new Dictionary<string, JsonElement> { ["name"] = JsonDocument.Parse("\"Ada\"").RootElement },
                }),
                SamplingHandler = (_, _, _) => new(new CreateMessageResult
                {
                    Role = Role.Assistant,
                    Model = "test",
                    Content = [new TextContentBlock { Text = "from the model" }],
                }),
                RootsHandler = (_, _) => new(new ListRootsResult { Roots = [new Root { Uri = "file:///here" }] }),
                NotificationHandlers = [new(NotificationMethods.ResourceUpdatedNotification, (message, _) =>
                {
                    heard.Enqueue((string)message.Params!["uri"]!);
                    return default;
                })],
            },
        }).WaitAsync(Guard.Time);
}
