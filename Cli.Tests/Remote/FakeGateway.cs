using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Granary.Cli.Tests.Support;

namespace Granary.Cli.Tests.Remote;

/// <summary>Answers calls as a gateway would and remembers them.</summary>
internal sealed class FakeGateway : HttpMessageHandler
{
    public List<(HttpRequestMessage Request, JsonObject Body)> Calls { get; } = [];

    /// <summary>The tools, by name: arguments in, structured content out.</summary>
    public Dictionary<string, Func<JsonObject, JsonNode>> Tools { get; } = [];

    public HttpStatusCode Status { get; set; } = HttpStatusCode.OK;

    /// <summary>Answers as a stream of events with progress before the result.</summary>
    public bool Streams { get; set; }

    /// <summary>The names of variables that the command finds.</summary>
    public IReadOnlyList<string> Variables { get; init; } = [];

    public Task<Printed> RunAsync(params string[] args) => Provara.RunAsync(host => host with { Http = () => this, VariableNames = () => Variables }, args);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = JsonNode.Parse(await request.Content!.ReadAsStringAsync(cancellationToken))!.AsObject();
        Calls.Add((request, body));
        if (Status != HttpStatusCode.OK)
            return new HttpResponseMessage(Status) { Content = new StringContent("no") };
        var name = body["params"]!["name"]!.ToString();
        var answer = Tools.TryGetValue(name, out var tool)
            ? Wrap(tool(body["params"]!["arguments"]!.AsObject()))
            : new JsonObject { ["error"] = new JsonObject { ["code"] = -32602, ["message"] = $"Unknown tool: {name}" } };
        answer["jsonrpc"] = "2.0";
        answer["id"] = body["id"]!.DeepClone();
        if (!Streams)
            return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(answer.ToJsonString(), Encoding.UTF8, "application/json") };
        var progress = """{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":1,"progress":1,"total":2}}""";
        var stream = $"data: {progress}\n\ndata: {answer.ToJsonString()}\n\n";
        return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(stream, Encoding.UTF8, "text/event-stream") };
    }

    private static JsonObject Wrap(JsonNode content) => content is JsonValue sentence
        ? new JsonObject { ["result"] = new JsonObject { ["isError"] = true, ["content"] = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = sentence.ToString() }) } }
        : new JsonObject { ["result"] = new JsonObject { ["content"] = new JsonArray(), ["structuredContent"] = content } };
}
