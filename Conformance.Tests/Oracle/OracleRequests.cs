namespace Granary.Conformance.Tests.Oracle;

/// <summary>What the conformance suite sends, and the mistakes beside it, in both eras.</summary>
internal static class OracleRequests
{
    private const string Version = "io.modelcontextprotocol/protocolVersion";
    private const string Capabilities = "io.modelcontextprotocol/clientCapabilities";
    private const string Both = "application/json, text/event-stream";

    /// <summary>Name, method and params of what both eras have; <c>+</c> begins what goes into <c>_meta</c>.</summary>
    private static readonly (string Name, string Method, string Params)[] Shared =
    [
        ("list tools", "tools/list", "{}"),
        ("text", "tools/call", """{"name":"test_simple_text","arguments":{}}"""),
        ("no arguments member", "tools/call", """{"name":"test_simple_text"}"""),
        ("image", "tools/call", """{"name":"test_image_content","arguments":{}}"""),
        ("audio", "tools/call", """{"name":"test_audio_content","arguments":{}}"""),
        ("embedded resource", "tools/call", """{"name":"test_embedded_resource","arguments":{}}"""),
        ("mixed content", "tools/call", """{"name":"test_multiple_content_types","arguments":{}}"""),
        ("a tool that fails", "tools/call", """{"name":"test_error_handling","arguments":{}}"""),
        ("valid by its schema", "tools/call", """{"name":"json_schema_2020_12_tool","arguments":{"contactMethod":"phone","phone":"1"}}"""),
        ("unknown tool", "tools/call", """{"name":"nope","arguments":{}}"""),
        ("no tool name", "tools/call", """{"arguments":{}}"""),
        ("arguments that are a list", "tools/call", """{"name":"test_simple_text","arguments":[]}"""),
        ("progress", "tools/call", """{"name":"test_tool_with_progress","arguments":{},"_meta":{"progressToken":"p"}}"""),
        ("progress with a number", "tools/call", """{"name":"test_tool_with_progress","arguments":{},"_meta":{"progressToken":7}}"""),
        ("list prompts", "prompts/list", "{}"),
        ("prompt", "prompts/get", """{"name":"test_simple_prompt"}"""),
        ("prompt with arguments", "prompts/get", """{"name":"test_prompt_with_arguments","arguments":{"arg1":"a","arg2":"b"}}"""),
        ("prompt with a resource", "prompts/get", """{"name":"test_prompt_with_embedded_resource","arguments":{"resourceUri":"test://x"}}"""),
        ("prompt with an image", "prompts/get", """{"name":"test_prompt_with_image"}"""),
        ("unknown prompt", "prompts/get", """{"name":"nope"}"""),
        ("list resources", "resources/list", "{}"),
        ("list templates", "resources/templates/list", "{}"),
        ("read text", "resources/read", """{"uri":"test://static-text"}"""),
        ("read binary", "resources/read", """{"uri":"test://static-binary"}"""),
        ("read by template", "resources/read", """{"uri":"test://template/7/data"}"""),
        ("unknown resource", "resources/read", """{"uri":"test://nope"}"""),
        ("completion", "completion/complete", """{"ref":{"type":"ref/prompt","name":"test_prompt_with_arguments"},"argument":{"name":"arg1","value":"par"}}"""),
        ("unknown method", "nope/nope", "{}"),
    ];

    public static IReadOnlyList<OracleRequest> All { get; } = [.. Modern(), .. Legacy()];

    public static OracleRequest Named(string name) => All.Single(r => r.Name == name);

    private static IEnumerable<OracleRequest> Modern()
    {
        foreach (var (name, method, parameters) in Shared)
            yield return ModernCall(name, method, parameters);
        yield return ModernCall("discover", "server/discover", "{}");
        yield return ModernCall("log messages", "tools/call", """{"name":"test_tool_with_logging","arguments":{},"_meta":{"io.modelcontextprotocol/logLevel":"info"}}""");
        yield return ModernCall("no log messages unasked", "tools/call", """{"name":"test_tool_with_logging","arguments":{}}""");
        yield return ModernCall("asks the user", "tools/call", """{"name":"test_input_required_result_elicitation","arguments":{}}""", """{"elicitation":{}}""");
        yield return ModernCall("asks the model", "tools/call", """{"name":"test_input_required_result_sampling","arguments":{}}""", """{"sampling":{}}""");
        yield return ModernCall("asks for roots", "tools/call", """{"name":"test_input_required_result_list_roots","arguments":{}}""", """{"roots":{}}""");
        yield return ModernCall(
            "answered",
            "tools/call",
            """{"name":"test_input_required_result_elicitation","arguments":{},"inputResponses":{"user_name":{"action":"accept","content":{"name":"Ann"}}}}""",
            """{"elicitation":{}}""");
        yield return ModernCall("initialize", "initialize", """{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"o","version":"1"}}""");
        yield return ModernCall("ping", "ping", "{}");
        yield return ModernCall("set level", "logging/setLevel", """{"level":"info"}""");
        var call = ModernCall("x", "tools/call", """{"name":"test_simple_text","arguments":{}}""");
        yield return Rename(call.With("Mcp-Method", "tools/list"), "another method in the header");
        yield return Rename(call.With("Mcp-Method", null), "no method header");
        yield return Rename(call.With("Mcp-Name", "test_image_content"), "another name in the header");
        yield return Rename(call.With("Mcp-Name", null), "no name header");
        yield return Rename(call.With("Mcp-Name", "=?base64?dGVzdF9zaW1wbGVfdGV4dA==?="), "name in Base64");
        yield return Rename(call.With("MCP-Protocol-Version", "2025-11-25"), "another revision in the header");
        yield return Rename(call.With("MCP-Protocol-Version", "2099-01-01"), "unknown revision in the header");
        yield return Rename(call with { Body = call.Body.Replace("2026-07-28", "2099-01-01", StringComparison.Ordinal) }, "unknown revision in the body")
            .With("MCP-Protocol-Version", "2099-01-01");
        yield return Rename(call with { Body = """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"test_simple_text"}}""" }, "no _meta");
        yield return Rename(call.With("Content-Type", "text/plain"), "another content type");
        yield return Rename(call.With("Accept", "text/html"), "accepts neither");
        yield return Rename(call.With("Accept", "application/json"), "accepts JSON only");
        yield return Rename(call.With("Accept", "text/event-stream"), "accepts a stream only");
        yield return Rename(call with { Body = "{" }, "no JSON");
        yield return Rename(call with { Body = "7" }, "no message");
        yield return Rename(call with { Body = $"[{call.Body}]" }, "batch");
        yield return Rename(call with { Body = call.Body.Replace("\"id\":1,", "", StringComparison.Ordinal) }, "no id");
        yield return Rename(call with { Body = """{"jsonrpc":"2.0","id":1,"result":{}}""" }, "response of a client");
        yield return new OracleRequest("2026-07-28 GET", HttpMethod.Get, "", Headers(("Accept", "text/event-stream"), ("MCP-Protocol-Version", "2026-07-28")));
        yield return new OracleRequest("2026-07-28 DELETE", HttpMethod.Delete, "", Headers(("MCP-Protocol-Version", "2026-07-28")));
    }

    private static IEnumerable<OracleRequest> Legacy()
    {
        foreach (var (name, method, parameters) in Shared)
            yield return LegacyCall(name, method, parameters);
        foreach (var revision in (string[])["2025-11-25", "2025-06-18", "2025-03-26", "2099-01-01"])
        {
            var parameters = $$$"""{"protocolVersion":"{{{revision}}}","capabilities":{},"clientInfo":{"name":"oracle","version":"1"}}""";
            yield return LegacyCall($"initialize {revision}", "initialize", parameters).With("Mcp-Session-Id", null).With("MCP-Protocol-Version", null);
        }
        yield return LegacyCall("ping", "ping", "{}");
        yield return LegacyCall("discover", "server/discover", "{}");
        yield return LegacyCall("set level", "logging/setLevel", """{"level":"info"}""");
        yield return LegacyCall("set no level", "logging/setLevel", """{"level":"loud"}""");
        yield return LegacyCall("subscribe", "resources/subscribe", """{"uri":"test://watched-resource"}""");
        yield return LegacyCall("unsubscribe", "resources/unsubscribe", """{"uri":"test://watched-resource"}""");
        var call = LegacyCall("x", "tools/call", """{"name":"test_simple_text","arguments":{}}""");
        yield return RenameLegacy(call with { Body = """{"jsonrpc":"2.0","method":"notifications/initialized"}""" }, "notification");
        yield return RenameLegacy(call with { Body = """{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":99}}""" }, "cancellation of nothing");
        yield return RenameLegacy(call.With("MCP-Protocol-Version", null), "no revision in the header");
        yield return RenameLegacy(call.With("MCP-Protocol-Version", "2099-01-01"), "unknown revision in the header");
        yield return RenameLegacy(call.With("Mcp-Session-Id", null), "no session");
        yield return RenameLegacy(call.With("Mcp-Session-Id", "nope"), "unknown session");
        yield return RenameLegacy(call.With("Content-Type", "text/plain"), "another content type");
        yield return RenameLegacy(call.With("Accept", "text/html"), "accepts neither");
        yield return RenameLegacy(call.With("Accept", "application/json"), "accepts JSON only");
        yield return RenameLegacy(call with { Body = "{" }, "no JSON");
        yield return RenameLegacy(call with { Body = "7" }, "no message");
        yield return RenameLegacy(call with { Body = $"[{call.Body}]" }, "batch");
        yield return RenameLegacy(call with { Body = call.Body.Replace("\"id\":1", "\"id\":\"text\"", StringComparison.Ordinal) }, "id that is a text");
        yield return new OracleRequest("2025-11-25 GET of a stranger", HttpMethod.Get, "", Headers(("Accept", "text/event-stream"), ("Mcp-Session-Id", "nope")));
        yield return new OracleRequest("2025-11-25 GET that accepts JSON", HttpMethod.Get, "", Headers(("Accept", "application/json"), ("Mcp-Session-Id", "{session}")));
        yield return new OracleRequest("2025-11-25 DELETE of a stranger", HttpMethod.Delete, "", Headers(("Mcp-Session-Id", "nope")));
        yield return new OracleRequest("2025-11-25 PUT", HttpMethod.Put, "", Headers());
    }

    private static OracleRequest ModernCall(string name, string method, string parameters, string capabilities = "{}")
    {
        var root = System.Text.Json.Nodes.JsonNode.Parse(parameters)!.AsObject();
        var named = (string?)root["name"] ?? (string?)root["uri"];
        var meta = root["_meta"] as System.Text.Json.Nodes.JsonObject ?? [];
        meta[Version] = "2026-07-28";
        meta["io.modelcontextprotocol/clientInfo"] = new System.Text.Json.Nodes.JsonObject { ["name"] = "oracle", ["version"] = "1" };
        meta[Capabilities] = System.Text.Json.Nodes.JsonNode.Parse(capabilities);
        if (meta.Parent is null)
            root["_meta"] = meta;
        var headers = Headers(("Content-Type", "application/json"), ("Accept", Both), ("MCP-Protocol-Version", "2026-07-28"), ("Mcp-Method", method));
        if (named is not null && method is "tools/call" or "prompts/get" or "resources/read")
            headers["Mcp-Name"] = named ?? "";
        return new OracleRequest($"2026-07-28 {name}", HttpMethod.Post, Message(method, root.ToJsonString()), headers) { Calls = method };
    }

    private static OracleRequest LegacyCall(string name, string method, string parameters) => new(
        $"2025-11-25 {name}",
        HttpMethod.Post,
        Message(method, parameters),
        Headers(("Content-Type", "application/json"), ("Accept", Both), ("MCP-Protocol-Version", "2025-11-25"), ("Mcp-Session-Id", "{session}"))) { Calls = method };

    private static string Message(string method, string parameters) => $$"""{"jsonrpc":"2.0","id":1,"method":"{{method}}","params":{{parameters}}}""";

    private static OracleRequest Rename(OracleRequest request, string name) => request with { Name = $"2026-07-28 {name}" };

    private static OracleRequest RenameLegacy(OracleRequest request, string name) => request with { Name = $"2025-11-25 {name}" };

    private static Dictionary<string, string> Headers(params (string Name, string Value)[] headers) => headers.ToDictionary(h => h.Name, h => h.Value);
}
