using System.Text.Json;
using Granary.Gateway.Tools;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Tests.Plugins;

/// <summary>What the test tools share.</summary>
internal abstract class TestTool(string name, string properties = "", string? output = null) : ITool
{
    public Tool Definition { get; } =
        ToolDefinition.Create(name, name, "For tests", $$$"""{"type":"object","properties":{{{{properties}}}}}""", output);

    public IReadOnlyList<string> Categories => [];

    public virtual string? Scope => null;

    public abstract ValueTask<ToolResult> CallAsync(ToolCall call);

    protected static string? Text(ToolCall call, string name) =>
        call.Arguments.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    protected static bool Flag(ToolCall call, string name) =>
        call.Arguments.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    public static InputRequest Ask(string json) => JsonSerializer.Deserialize<InputRequest>(json, McpJsonUtilities.DefaultOptions)!;

    public static InputRequest AskForm() => Ask("""
        {"method":"elicitation/create","params":{"message":"Who?","requestedSchema":{"type":"object","properties":{"name":{"type":"string"}},"required":["name"]}}}
        """);

    public static InputRequest AskUrl() => Ask("""
        {"method":"elicitation/create","params":{"mode":"url","message":"Sign in there","url":"https://example.com/consent","elicitationId":"e-1"}}
        """);

    public static InputRequest AskModel(string more = "") => Ask($$$"""
        {"method":"sampling/createMessage","params":{"messages":[{"role":"user","content":{"type":"text","text":"Hi"}}],"maxTokens":10{{{more}}}}}
        """);

    public static InputRequest AskRoots() => Ask("""{"method":"roots/list","params":{}}""");
}
