using System.Text.Json;
using Granary.Gateway.Tools;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace Granary.Conformance.Tests.Fixtures;

/// <summary>What the fixtures share: a definition without ceremony, and the suite's tiny media files.</summary>
internal abstract class FixtureTool(string name, string description, string schema = FixtureTool.NoArguments) : ITool
{
    public const string NoArguments = """{"type":"object","properties":{},"additionalProperties":true}""";

    /// <summary>A PNG of one red pixel.</summary>
    public const string Png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==";

    /// <summary>A WAV file without samples.</summary>
    public const string Wav = "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA=";

    public Tool Definition { get; } = ToolDefinition.Create(name, name, description, schema);

    public IReadOnlyList<string> Categories => [];

    public string? Scope => null;

    public abstract ValueTask<ToolResult> CallAsync(ToolCall call);

    public static ImageContentBlock Image() => new() { Data = System.Text.Encoding.ASCII.GetBytes(Png), MimeType = "image/png" };

    public static ToolResult Content(params ContentBlock[] blocks) => ToolResult.From(new CallToolResult { Content = [.. blocks] });

    /// <summary>A request to the client from its JSON.</summary>
    public static InputRequest Ask(string json) => JsonSerializer.Deserialize<InputRequest>(json, McpJsonUtilities.DefaultOptions)!;

    public static InputRequest AskForName(string message = "What is your name?") => Ask($$$$"""
        {"method":"elicitation/create","params":{"message":"{{{{message}}}}",
         "requestedSchema":{"type":"object","properties":{"name":{"type":"string"}},"required":["name"]}}}
        """);

    public static InputRequest AskModel(string text, int maxTokens) => Ask($$$$"""
        {"method":"sampling/createMessage","params":{"messages":[{"role":"user","content":{"type":"text","text":{{{{JsonSerializer.Serialize(text)}}}}}}],
         "maxTokens":{{{{maxTokens}}}}}}
        """);

    public static InputRequest AskRoots() => Ask("""{"method":"roots/list","params":{}}""");
}
