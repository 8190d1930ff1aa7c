using System.Text.Json;

namespace Granary.Gateway.Tests.EndToEnd;

/// <summary>What clients of the older server sent, over both transports it had: names, required lists and members of results are compatible.</summary>
public sealed class TranscriptTests
{
    /// <summary>What the older server refused by mistake: its own documented type, and a time without an offset.</summary>
    private static readonly string[] Corrected = ["append_event rejected input: 1", "can't compare offset-naive and offset-aware datetimes"];

    [TranscriptFact]
    public async Task Over_http_with_a_session()
    {
        await using var gateway = await RunningGateway.StartAsync();
        await using var client = new SessionClient(gateway.Client.Root);
        await ReplayAsync(gateway, client);
        client.Session.ShouldNotBeNull();
    }

    [TranscriptFact]
    public async Task Over_http_and_sse()
    {
        await using var gateway = await RunningGateway.StartAsync();
        await using var client = await SseClient.OpenAsync(gateway.Client.Root);
        await ReplayAsync(gateway, client);
    }

    private static async Task ReplayAsync(RunningGateway gateway, OlderClient client)
    {
        var pairs = Transcript.Load();
        var ours = await gateway.Client.ListAsync();
        // The older server's vaults were made by another program.
        foreach (var path in pairs.Select(p => Path(p.Request)).OfType<string>().Where(p => !p.Contains("nonexistent", StringComparison.Ordinal)).Distinct())
            (await gateway.Client.CallAsync("init_vault", $$"""{"vault_path":"{{path}}"}""")).Success();
        var compared = 0;
        foreach (var (request, recorded) in pairs)
        {
            if (!request.TryGetProperty("id", out var id))
            {
                await client.TellAsync(request);
                continue;
            }
            var answer = await client.AskAsync(request);
            answer.GetProperty("id").GetRawText().ShouldBe(id.GetRawText());
            switch (request.GetProperty("method").GetString())
            {
                case "initialize":
                    Initialized(answer, recorded);
                    break;
                case "tools/list":
                    compared += Listed(answer, recorded);
                    break;
                case "tools/call":
                    Called(request, answer, recorded, ours);
                    break;
                case "ping":
                    answer.GetProperty("result").ValueKind.ShouldBe(JsonValueKind.Object);
                    break;
                default:
                    // What it had not: an answer, with or without a result.
                    (answer.TryGetProperty("result", out _) || answer.GetProperty("error").GetProperty("code").GetInt32() == -32601).ShouldBeTrue(answer.ToString());
                    break;
            }
        }
        compared.ShouldBe(10);
    }

    private static void Initialized(JsonElement answer, JsonElement recorded)
    {
        var (ours, theirs) = (answer.GetProperty("result"), recorded.GetProperty("result"));
        ours.GetProperty("protocolVersion").GetString().ShouldBe(theirs.GetProperty("protocolVersion").GetString());
        ours.GetProperty("capabilities").TryGetProperty("tools", out _).ShouldBeTrue();
    }

    private static int Listed(JsonElement answer, JsonElement recorded)
    {
        var ours = answer.GetProperty("result").GetProperty("tools").EnumerateArray().ToDictionary(Name);
        var compared = 0;
        foreach (var theirs in recorded.GetProperty("result").GetProperty("tools").EnumerateArray())
        {
            ours.TryGetValue(Name(theirs), out var tool).ShouldBeTrue(Name(theirs));
            compared++;
            var (mine, old) = (tool.GetProperty("inputSchema"), theirs.GetProperty("inputSchema"));
            // A client of the older server sends what was required of it; where another server's tool has the same name, less is.
            mine.GetProperty("required").EnumerateArray().Select(r => r.GetString())
                .ShouldBeSubsetOf(old.GetProperty("required").EnumerateArray().Select(r => r.GetString()), Name(theirs));
            foreach (var argument in old.GetProperty("properties").EnumerateObject())
            {
                var known = mine.GetProperty("properties").TryGetProperty(argument.Name, out var property);
                known.ShouldBeTrue($"{Name(theirs)}.{argument.Name}");
                Types(property).IsSupersetOf(Types(argument.Value)).ShouldBeTrue($"{Name(theirs)}.{argument.Name}");
                if (argument.Value.TryGetProperty("default", out var value))
                    property.GetProperty("default").GetRawText().ShouldBe(value.GetRawText(), $"{Name(theirs)}.{argument.Name}");
            }
        }
        return compared;
    }

    private static void Called(JsonElement request, JsonElement answer, JsonElement recorded, IReadOnlyDictionary<string, JsonElement> ours)
    {
        var parameters = request.GetProperty("params");
        if (!parameters.TryGetProperty("name", out var name) || !ours.ContainsKey(name.GetString()!))
        {
            answer.GetProperty("error").GetProperty("code").GetInt32().ShouldBe(-32602, answer.ToString());
            return;
        }
        if (recorded.TryGetProperty("error", out var theirs) && !Array.Exists(Corrected, c => theirs.GetProperty("message").GetString()!.EndsWith(c, StringComparison.Ordinal)))
        {
            var refused = answer.TryGetProperty("error", out _) || answer.GetProperty("result").GetProperty("isError").GetBoolean();
            refused.ShouldBeTrue(answer.ToString());
            if (theirs.GetProperty("message").GetString()!.Contains("Invalid isoformat string: 'nonsense'", StringComparison.Ordinal))
                answer.ToString().ShouldContain("Invalid isoformat string: 'nonsense'");
            return;
        }
        var result = answer.GetProperty("result");
        result.TryGetProperty("isError", out _).ShouldBeFalse(answer.ToString());
        result.GetProperty("content")[0].GetProperty("type").GetString().ShouldBe("text");
        if (!recorded.TryGetProperty("result", out var success))
            return;
        var structured = result.GetProperty("structuredContent");
        Names(structured).IsSupersetOf(Names(success.GetProperty("structuredContent"))).ShouldBeTrue(answer.ToString());
        using var text = JsonDocument.Parse(result.GetProperty("content")[0].GetProperty("text").GetString()!);
        Names(text.RootElement).SetEquals(Names(structured)).ShouldBeTrue();
        if (name.GetString() == "query_timeline" && structured.GetProperty("events").GetArrayLength() > 0)
            Names(structured.GetProperty("events")[0]).IsSupersetOf(["data", "hash", "id", "prev_hash", "seq", "timestamp", "type"]).ShouldBeTrue();
    }

    private static HashSet<string> Types(JsonElement schema)
    {
        if (schema.TryGetProperty("anyOf", out var choices))
            return [.. choices.EnumerateArray().SelectMany(Types)];
        var type = schema.GetProperty("type");
        return type.ValueKind == JsonValueKind.Array ? [.. type.EnumerateArray().Select(t => t.GetString()!)] : [type.GetString()!];
    }

    private static HashSet<string> Names(JsonElement value) => [.. value.EnumerateObject().Select(p => p.Name)];

    private static string Name(JsonElement tool) => tool.GetProperty("name").GetString()!;

    private static string? Path(JsonElement request) =>
        request.TryGetProperty("params", out var parameters) && parameters.TryGetProperty("arguments", out var arguments)
        && arguments.ValueKind == JsonValueKind.Object && arguments.TryGetProperty("vault_path", out var path)
            ? path.GetString()
            : null;
}
