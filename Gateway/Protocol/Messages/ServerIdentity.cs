using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Hosting.Configuration;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Protocol.Messages;

/// <summary>Who this server says it is, and what it says it can do.</summary>
internal static class ServerIdentity
{
    public const string Name = "granary";

    public const string Instructions =
        "Granary keeps signed, append-only vaults (init_vault, append_event, query_timeline, verify_chain) and reads an Instana backend "
        + "(manage_events). Give append_event an idempotency_key when you may have to repeat it.";

    public static string Version { get; } = ProgramVersion.Of(typeof(ServerIdentity).Assembly);

    public static Implementation Info { get; } = new() { Name = Name, Title = "Granary", Version = Version };

    public static ServerCapabilities Capabilities { get; } = new()
    {
        Tools = new ToolsCapability { ListChanged = true },
        Prompts = new PromptsCapability { ListChanged = true },
        Resources = new ResourcesCapability { ListChanged = true, Subscribe = true },
        Completions = new CompletionsCapability(),
        Logging = new LoggingCapability(),
    };

    /// <summary>The members every modern result ends with: its type, and who made it (rules B5, B8).</summary>
    public static ReadOnlyMemory<byte> CompleteTail { get; } = MakeTail();

    /// <summary><c>_meta</c> for results that go through the SDK's types.</summary>
    public static JsonObject Meta() => new() { [MetaKeys.ServerInfo] = JsonNode.Parse(Wire.Bytes(Info)) };

    private static byte[] MakeTail()
    {
        var meta = JsonSerializer.SerializeToUtf8Bytes(Meta(), Wire.Options.GetTypeInfo(typeof(JsonObject)));
        return [.. "\"resultType\":\"complete\",\"_meta\":"u8, .. meta];
    }
}
