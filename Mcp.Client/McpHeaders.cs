namespace Granary.Mcp.Client;

/// <summary>The headers of a POST, beside <c>Content-Type: application/json</c>.</summary>
public static class McpHeaders
{
    private static readonly (string Name, string Value) Accept = ("Accept", "application/json, text/event-stream");

    /// <summary>Of <c>initialize</c>, which has no session and no revision yet.</summary>
    public static IReadOnlyList<(string Name, string Value)> Initialize { get; } = [Accept];

    /// <summary>Of a request of 2026-07-28.</summary>
    /// <param name="method">The JSON-RPC method, which <c>Mcp-Method</c> repeats.</param>
    /// <param name="name">The tool, prompt or resource it names; null where it names none.</param>
    public static IReadOnlyList<(string Name, string Value)> Modern(string method, string? name = null)
    {
        (string, string)[] headers = [Accept, ("MCP-Protocol-Version", Era.Modern.Revision()), ("Mcp-Method", method)];
        return name is null ? headers : [.. headers, ("Mcp-Name", name)];
    }

    /// <summary>Of a request inside a session.</summary>
    public static IReadOnlyList<(string Name, string Value)> Legacy(string session) =>
        [Accept, ("MCP-Protocol-Version", Era.Legacy.Revision()), ("Mcp-Session-Id", session)];
}
