using System.Text.Json;
using Granary.Bench.Load;

namespace Granary.Bench.Mcp;

/// <summary>A <c>tools/call</c> as bytes for the load generator, in either era.</summary>
internal static class BenchToolCall
{
    private const string Meta = """
        "_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"granary-bench","version":"1"},"io.modelcontextprotocol/clientCapabilities":{}}
        """;

    /// <summary>The request of the newest revision.</summary>
    public static RequestTemplate Modern(string tool, string arguments, string path = "/mcp") =>
        new(path, ModernHeaders("tools/call", tool), ModernBody(tool, arguments));

    /// <summary>A <c>tools/list</c> of the newest revision.</summary>
    public static RequestTemplate ModernList() =>
        new("/mcp", ModernHeaders("tools/list", null), "{\"jsonrpc\":\"2.0\",\"id\":{id},\"method\":\"tools/list\",\"params\":{" + Meta + "}}");

    /// <summary>The request inside a session.</summary>
    public static RequestTemplate Legacy(string session, string tool, string arguments, string path = "/mcp") =>
        new(path, LegacyHeaders(session), $$"""{"jsonrpc":"2.0","id":{id},"method":"tools/call","params":{{Params(tool, arguments)}}}""");

    /// <summary>The headers of a request of the newest revision.</summary>
    public static (string Name, string Value)[] ModernHeaders(string method, string? name)
    {
        (string, string)[] headers =
            [("Accept", "application/json, text/event-stream"), ("MCP-Protocol-Version", Era.Modern.Revision()), ("Mcp-Method", method)];
        return name is null ? headers : [.. headers, ("Mcp-Name", name)];
    }

    /// <summary>The headers of a request inside a session.</summary>
    public static (string Name, string Value)[] LegacyHeaders(string session) =>
        [("Accept", "application/json, text/event-stream"), ("MCP-Protocol-Version", Era.Legacy.Revision()), ("Mcp-Session-Id", session)];

    /// <summary>The body of a request of the newest revision, with <c>{id}</c> for the id.</summary>
    public static string ModernBody(string tool, string arguments) =>
        $$"""{"jsonrpc":"2.0","id":{id},"method":"tools/call","params":{{Params(tool, arguments, $",{Meta}")}}}""";

    private static string Params(string tool, string arguments, string more = "") =>
        "{\"name\":" + JsonSerializer.Serialize(tool) + ",\"arguments\":" + arguments + more + "}";
}
