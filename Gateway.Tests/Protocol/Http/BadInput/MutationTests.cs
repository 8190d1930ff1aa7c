using System.Text;
using System.Text.Json.Nodes;
using Granary.Gateway.Tests.Protocol.Messages;
using Granary.Gateway.Tests.Support;

namespace Granary.Gateway.Tests.Protocol.Http.BadInput;

/// <summary>
/// Valid messages with seeded damage. Whatever comes of it: never a 500, always JSON-RPC or nothing, and nothing logged as a defect. It runs
/// on a gateway of its own, so that what is logged is its own doing.
/// </summary>
public sealed class MutationTests : IAsyncLifetime
{
    private const int Messages = 3_000;

    private static readonly string[] Values =
    [
        "null", "true", "-1", "1.5", "1e400", "99999999999999999999999", "\"\"", "\"x\"", "[]", "{}", "[null]", "{\"a\":{\"a\":[[]]}}", "\"\\u0000\"",
        "\"\\ud83d\\ude00\"", "\"2025-11-25\"", "\"note://mine\"", "\"tools/call\"", "\"ref/prompt\"", "\"debug\"", "[{}]", "{\"method\":\"x\"}",
    ];

    private TestGateway _gateway = null!;

    public async Task InitializeAsync() => _gateway = await TestGateway.StartAsync(o => o with { CallTimeout = TimeSpan.FromSeconds(5) });

    public Task DisposeAsync() => _gateway.DisposeAsync();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Damaged_messages_never_break_the_gateway(int seed)
    {
        var random = new Random(seed);
        var session = await _gateway.Http.InitializeAsync("2025-11-25", """{"elicitation":{},"sampling":{}}""");
        var batching = await _gateway.Http.InitializeAsync("2025-03-26");
        var requests = Enumerable.Range(0, Messages / 2).Select(_ => Damaged(random, session, batching)).ToList();
        await Parallel.ForEachAsync(requests, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (request, stop) =>
        {
            using var guard = CancellationTokenSource.CreateLinkedTokenSource(stop);
            guard.CancelAfter(TimeSpan.FromSeconds(20));
            using var response = await _gateway.Http.StartAsync(request, guard.Token);
            var status = (int)response.StatusCode;
            status.ShouldNotBe(500, Encoding.UTF8.GetString(request.ToBytes()));
            // A stream ends with the call, or stays open where the message happens to be a good listen: its head is enough.
            if (response.Content.Headers.ContentType?.MediaType == "text/event-stream")
                return;
            var text = await response.Content.ReadAsStringAsync(guard.Token);
            if (text.Length == 0)
                return;
            var message = JsonNode.Parse(text)!;
            foreach (var one in message as JsonArray ?? [message.DeepClone()])
                ((string)one!["jsonrpc"]!).ShouldBe("2.0", text);
        });
        _gateway.Logs.Errors.ShouldBeEmpty();
        (await _gateway.Http.CallAsync("t_echo", """{"text":"still here"}""")).ToolText.ShouldBe("still here");
    }

    private static McpRequest Damaged(Random random, string session, string batching)
    {
        var request = Valid(random, session);
        for (var i = random.Next(1, 4); i > 0; i--)
            Change(random, request.Body);
        if (random.Next(4) == 0)
            request.Header(request.Headers.Keys.ElementAt(random.Next(request.Headers.Count)), "=?base64?eA==?=");
        var bytes = request.ToBytes();
        switch (random.Next(6))
        {
            case 0:
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                break;
            case 1:
                bytes = bytes[..random.Next(bytes.Length)];
                break;
            case 2:
                var at = random.Next(bytes.Length);
                bytes = [.. bytes[..at], .. bytes[random.Next(at, bytes.Length)..], .. bytes[at..]];
                break;
            case 3 when random.Next(3) == 0:
                return McpRequest.Raw([.. "["u8, .. bytes, .. ","u8, .. bytes, .. "]"u8]).Header("Mcp-Session-Id", batching);
        }
        return request.Bytes(bytes);
    }

    private static McpRequest Valid(Random random, string session)
    {
        var all = BodyRules.EveryMethod().ToList();
        var which = random.Next(all.Count + 5);
        if (which < all.Count && random.Next(3) > 0)
            return all[which].With(r => r.Meta["progressToken"] = 1).With(r => r.Meta["io.modelcontextprotocol/logLevel"] = "debug");
        if (which < all.Count)
            return McpRequest.Legacy((string)all[which].Body["method"]!, all[which].Params.ToJsonString(), session);
        return (which - all.Count) switch
        {
            0 => McpRequest.Modern("subscriptions/listen", """{"notifications":{"toolsListChanged":true,"resourceSubscriptions":["note://mine"]}}"""),
            1 => McpRequest.Call("t_progress", """{"values":[1,2]}""").With(r => r.Meta["progressToken"] = 1),
            2 => McpRequest.Legacy("logging/setLevel", """{"level":"debug"}""", session),
            3 => McpRequest.Legacy("resources/subscribe", """{"uri":"note://mine"}""", session),
            _ => McpRequest.Legacy("initialize", McpHttp.Handshake("2025-11-25", """{"elicitation":{"form":{}},"roots":{"listChanged":true}}""")),
        };
    }

    /// <summary>Puts another value somewhere, takes a member away, or moves one.</summary>
    private static void Change(Random random, JsonObject root)
    {
        var at = root;
        while (at.Select(m => m.Value).OfType<JsonObject>().ToList() is { Count: > 0 } below && random.Next(4) > 0)
            at = below[random.Next(below.Count)];
        if (at.Count == 0)
            return;
        var name = at.ElementAt(random.Next(at.Count)).Key;
        switch (random.Next(4))
        {
            case 0:
                at.Remove(name);
                break;
            case 1:
                at[name + "x"] = at[name]?.DeepClone();
                break;
            default:
                at[name] = JsonNode.Parse(Values[random.Next(Values.Length)]);
                break;
        }
    }
}
