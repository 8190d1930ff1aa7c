namespace Granary.Gateway.Protocol.Http;

/// <summary>The protocol's own headers.</summary>
internal static class RequestHeaders
{
    public const string ProtocolVersion = "MCP-Protocol-Version";
    public const string SessionId = "Mcp-Session-Id";
    public const string Method = "Mcp-Method";
    public const string Name = "Mcp-Name";
    public const string LastEventId = "Last-Event-ID";

    /// <summary>A header's one value, without the white space around it (RFC 9110, 5.5); null when it is absent or stands several times.</summary>
    public static string? Single(IHeaderDictionary headers, string name) =>
        headers.TryGetValue(name, out var values) && values.Count == 1 ? values[0]?.Trim(' ', '\t') : null;
}
