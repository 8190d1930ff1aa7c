using Granary.Bench.Load;
using Granary.Mcp.Client;

namespace Granary.Bench.Mcp;

/// <summary>Requests as bytes for the load generator, in either era; it fills in the ids.</summary>
internal static class BenchToolCall
{
    /// <summary>The client's name.</summary>
    public const string Client = "granary-bench";

    /// <summary>A <c>tools/call</c> of the newest revision.</summary>
    public static RequestTemplate Modern(string tool, string arguments, string path = "/mcp") => Modern(tool, arguments, [], path);

    /// <summary>The same with headers of its own.</summary>
    public static RequestTemplate Modern(string tool, string arguments, IEnumerable<(string Name, string Value)> headers, string path = "/mcp") =>
        new(path, [.. McpHeaders.Modern("tools/call", tool), .. headers], McpBody.Modern("{id}", "tools/call", McpBody.Call(tool, arguments), Client));

    /// <summary>A <c>tools/list</c> of the newest revision.</summary>
    public static RequestTemplate ModernList() => new("/mcp", McpHeaders.Modern("tools/list"), McpBody.Modern("{id}", "tools/list", "", Client));

    /// <summary>A <c>tools/call</c> inside a session.</summary>
    public static RequestTemplate Legacy(string session, string tool, string arguments, string path = "/mcp") =>
        new(path, McpHeaders.Legacy(session), McpBody.Legacy("{id}", "tools/call", McpBody.Call(tool, arguments)));
}
