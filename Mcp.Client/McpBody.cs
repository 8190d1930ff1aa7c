using System.Text.Json;

namespace Granary.Mcp.Client;

/// <summary>
/// JSON-RPC messages as text. Arguments stay exactly as they are written, right or wrong: a test may send what no serializer would write, and a load
/// generator fills in ids.
/// </summary>
public static class McpBody
{
    /// <summary>What follows <c>initialize</c>; it has no answer.</summary>
    public const string Initialized = """{"jsonrpc":"2.0","method":"notifications/initialized"}""";

    /// <summary>A request of 2026-07-28.</summary>
    /// <param name="id">The id as JSON.</param>
    /// <param name="method">The method.</param>
    /// <param name="members">The parameters' own members as JSON without braces; empty for none.</param>
    /// <param name="client">The client's name.</param>
    /// <param name="version">The client's version.</param>
    /// <param name="progressToken">A token as JSON, to be told of progress; null for none.</param>
    public static string Modern(string id, string method, string members, string client, string version = "1", string? progressToken = null)
    {
        var token = progressToken is null ? "" : $",\"progressToken\":{progressToken}";
        var meta = $$"""
            "_meta":{"io.modelcontextprotocol/protocolVersion":"{{Era.Modern.Revision()}}","io.modelcontextprotocol/clientInfo":{{Info(client, version)}},"io.modelcontextprotocol/clientCapabilities":{}{{token}}}
            """;
        return Request(id, method, members.Length == 0 ? meta : $"{members},{meta}");
    }

    /// <summary>A request inside a session.</summary>
    /// <param name="id">The id as JSON.</param>
    /// <param name="method">The method.</param>
    /// <param name="members">The parameters' members as JSON without braces; empty for none.</param>
    public static string Legacy(string id, string method, string members) => Request(id, method, members);

    /// <summary>The handshake that opens a session.</summary>
    public static string Initialize(string id, string client, string version = "1") => Request(
        id, "initialize", $"\"protocolVersion\":\"{Era.Legacy.Revision()}\",\"capabilities\":{{}},\"clientInfo\":{Info(client, version)}");

    /// <summary>The members of <c>tools/call</c>.</summary>
    /// <param name="tool">The tool's name.</param>
    /// <param name="arguments">Its arguments as JSON.</param>
    public static string Call(string tool, string arguments) => $"\"name\":{JsonSerializer.Serialize(tool)},\"arguments\":{arguments}";

    private static string Request(string id, string method, string members) =>
        $"{{\"jsonrpc\":\"2.0\",\"id\":{id},\"method\":\"{method}\",\"params\":{{{members}}}}}";

    private static string Info(string client, string version) => $"{{\"name\":\"{client}\",\"version\":\"{version}\"}}";
}
