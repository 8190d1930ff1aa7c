using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Granary.Gateway.Tests.Support;

/// <summary>One POST in the making: right by default, and every part of it can be made wrong.</summary>
internal sealed class McpRequest
{
    public const string Version = "io.modelcontextprotocol/protocolVersion";
    public const string Capabilities = "io.modelcontextprotocol/clientCapabilities";
    public const string Both = "application/json, text/event-stream";

    private byte[]? _raw;

    public JsonObject Body { get; private init; } = [];

    public Dictionary<string, string[]> Headers { get; } = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Content-Type"] = ["application/json"],
        ["Accept"] = [Both],
    };

    public JsonObject Params => Body["params"]!.AsObject();

    public JsonObject Meta => Params["_meta"]!.AsObject();

    /// <summary>A request of 2026-07-28 with its <c>_meta</c> and headers.</summary>
    public static McpRequest Modern(string method, string parameters = "{}", string capabilities = "{}")
    {
        var request = new McpRequest { Body = Message(method, parameters) };
        var meta = request.Params["_meta"] as JsonObject ?? [];
        meta[Version] = "2026-07-28";
        meta["io.modelcontextprotocol/clientInfo"] = new JsonObject { ["name"] = "tests", ["version"] = "1" };
        meta[Capabilities] = JsonNode.Parse(capabilities);
        request.Params["_meta"] = meta;
        request.Header("MCP-Protocol-Version", "2026-07-28").Header("Mcp-Method", method);
        var named = method is "tools/call" or "prompts/get" ? "name" : method == "resources/read" ? "uri" : null;
        if (named is not null && request.Params[named] is JsonValue value && value.TryGetValue<string>(out var name))
            request.Header("Mcp-Name", name);
        return request;
    }

    /// <summary>A modern <c>tools/call</c>.</summary>
    public static McpRequest Call(string tool, string arguments = "{}", string capabilities = "{}") =>
        Modern("tools/call", $$"""{"name":"{{tool}}","arguments":{{arguments}}}""", capabilities);

    /// <summary>A request of an older revision.</summary>
    public static McpRequest Legacy(string method, string parameters = "{}", string? session = null, string? version = null)
    {
        var request = new McpRequest { Body = Message(method, parameters) };
        if (session is not null)
            request.Header("Mcp-Session-Id", session);
        return version is null ? request : request.Header("MCP-Protocol-Version", version);
    }

    /// <summary>A body that need not be a message, with the headers of an older revision.</summary>
    public static McpRequest Raw(byte[] body) => new() { _raw = body };

    public static McpRequest Raw(string body) => Raw(Encoding.UTF8.GetBytes(body));

    public McpRequest Header(string name, params string[] values)
    {
        Headers[name] = values;
        return this;
    }

    public McpRequest Without(string name)
    {
        Headers.Remove(name);
        return this;
    }

    public McpRequest Id(JsonNode? id)
    {
        Body["id"] = id;
        return this;
    }

    public McpRequest With(Action<McpRequest> change)
    {
        change(this);
        return this;
    }

    /// <summary>The same headers around other bytes.</summary>
    public McpRequest Bytes(byte[] body)
    {
        _raw = body;
        return this;
    }

    public McpRequest Text(string body) => Bytes(Encoding.UTF8.GetBytes(body));

    public byte[] ToBytes() => _raw ?? Encoding.UTF8.GetBytes(Body.ToJsonString());

    public HttpRequestMessage Build(Uri endpoint)
    {
        var message = new HttpRequestMessage(HttpMethod.Post, endpoint) { Content = new ByteArrayContent(ToBytes()) };
        foreach (var (name, values) in Headers)
        {
            HttpHeaders target = name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase) ? message.Content.Headers : message.Headers;
            target.TryAddWithoutValidation(name, values);
        }
        return message;
    }

    private static JsonObject Message(string method, string parameters) => new()
    {
        ["jsonrpc"] = "2.0",
        ["id"] = 1,
        ["method"] = method,
        ["params"] = JsonNode.Parse(parameters),
    };
}
