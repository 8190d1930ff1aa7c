using System.Collections.Concurrent;
using System.Text.Json;
using Granary.Gateway.Tests.Support;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Tests.Sdk;

/// <summary>The C# SDK's own client against the gateway, over every transport and era it knows.</summary>
[Collection(SharedGateway.Name)]
public sealed class McpClientTests(TestGateway gateway)
{
    private readonly ConcurrentBag<double> _progress = [];

    public static TheoryData<string, string?, string> Ways { get; } = new()
    {
        { "StreamableHttp", "2026-07-28", "/mcp" },
        { "StreamableHttp", "2025-11-25", "/mcp" },
        { "StreamableHttp", "2025-06-18", "/mcp" },
        { "StreamableHttp", "2025-03-26", "/mcp" },
        { "StreamableHttp", null, "/mcp" },
        { "Sse", "2024-11-05", "/sse" },
    };

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Everything_a_client_does(string mode, string? version, string path)
    {
        await using var client = await ConnectAsync(mode, version, path);
        client.ServerInfo!.Name.ShouldBe("granary");
        if (version is not null)
            client.NegotiatedProtocolVersion.ShouldBe(version);
        (await client.ListToolsAsync()).Select(t => t.Name).ShouldContain("t_echo");
        (await client.ListPromptsAsync()).Select(p => p.Name).ShouldContain("p_hello");
        (await client.ListResourcesAsync()).Count(r => !r.Uri.StartsWith("vault:", StringComparison.Ordinal)).ShouldBe(301);
        (await client.ListResourceTemplatesAsync()).Select(t => t.UriTemplate).ShouldBe(
        [
            "instana://application/{id}", "instana://catalog/{kind}", "instana://event/{id}", "instana://service/{id}", "instana://topology{?application_id}",
            "number://{n}", "vault://{name}/events", "vault://{name}/events/{id}", "vault://{name}/head", "vault://{name}/manifest", "vault://{name}/state",
            "vault://{name}/status",
        ]);
        Text(await client.CallToolAsync("t_echo", new Dictionary<string, object?> { ["text"] = "h\u00e9llo \ud83d\ude00" })).ShouldBe("h\u00e9llo \ud83d\ude00");
        var sum = await client.CallToolAsync("t_sum", new Dictionary<string, object?> { ["a"] = 1, ["b"] = 2 });
        sum.StructuredContent!.Value.GetProperty("sum").GetInt32().ShouldBe(3);
        var prompt = await client.GetPromptAsync("p_hello", new Dictionary<string, object?> { ["name"] = "you" });
        ((TextContentBlock)prompt.Messages.Single().Content).Text.ShouldBe("Hello, you");
        var read = await client.ReadResourceAsync("note://mine");
        ((TextResourceContents)read.Contents.Single()).Text.ShouldBe("default: note://mine");
        var completed = await client.CompleteAsync(new PromptReference { Name = "p_hello" }, "name", "a");
        (completed.Completion.Values.Count, completed.Completion.HasMore).ShouldBe((100, true));
        (await client.CallToolAsync("t_throw", new Dictionary<string, object?> { ["kind"] = "mcp" })).IsError.ShouldBe(true);
        (await Should.ThrowAsync<McpProtocolException>(async () => await client.CallToolAsync("no_such_tool"))).ErrorCode.ShouldBe(McpErrorCode.InvalidParams);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Progress(string mode, string? version, string path)
    {
        await using var client = await ConnectAsync(mode, version, path);
        var result = await client.CallToolAsync("t_progress", new Dictionary<string, object?> { ["values"] = (double[])[1, 2, 3] }, new Progress<ProgressNotificationValue>());
        Text(result).ShouldBe("arrived");
        // The SDK stops handing values to IProgress when the result is there, whether or not it has handed on all; a plain handler sees them all.
        await Guard.UntilAsync(() => _progress.Count == 3, "all progress is there");
        _progress.Order().ShouldBe([1, 2, 3]);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Elicitation_sampling_and_roots(string mode, string? version, string path)
    {
        await using var client = await ConnectAsync(mode, version, path);
        foreach (var (what, answer) in new[] { ("form", "Ada"), ("model", "from the model"), ("roots", "file:///here") })
            Text(await client.CallToolAsync("t_ask", new Dictionary<string, object?> { ["what"] = what })).ShouldContain(answer);
    }

    private async Task<McpClient> ConnectAsync(string mode, string? version, string path)
    {
        var transport = new HttpClientTransport(new HttpClientTransportOptions
        {
            Endpoint = new Uri(gateway.Root, path),
            TransportMode = Enum.Parse<HttpTransportMode>(mode),
        });
        return await McpClient.CreateAsync(transport, new McpClientOptions
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
                NotificationHandlers = [new(NotificationMethods.ProgressNotification, (message, _) =>
                {
                    _progress.Add((double)message.Params!["progress"]!);
                    return default;
                })],
                RootsHandler = (_, _) => new(new ListRootsResult { Roots = [new Root { Uri = "file:///here" }] }),
            },
        }).WaitAsync(Guard.Time);
    }

    private static string Text(CallToolResult result) => ((TextContentBlock)result.Content.Single()).Text;
}
