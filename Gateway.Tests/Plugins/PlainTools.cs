using System.Text;
using Granary.Gateway.Access;
using Granary.Gateway.Invocation;
using Granary.Gateway.Tools;
using ModelContextProtocol;

namespace Granary.Gateway.Tests.Plugins;

internal sealed class EchoTool() : TestTool("t_echo", """ "text":{"type":"string","maxLength":100000},"count":{"type":"integer","minimum":0} """)
{
    public override ValueTask<ToolResult> CallAsync(ToolCall call) => new(ToolResult.Text(Text(call, "text") ?? "-"));
}

internal sealed class SumTool() : TestTool(
    "t_sum",
    """ "a":{"type":"integer"},"b":{"type":"integer"} """,
    """{"type":"object","properties":{"sum":{"type":"integer"}},"required":["sum"],"additionalProperties":false}""")
{
    private static decimal Integer(ToolCall call, string name) =>
        call.Arguments.TryGetProperty(name, out var value) && value.TryGetDecimal(out var number) ? decimal.Truncate(number) : 0;

    public override ValueTask<ToolResult> CallAsync(ToolCall call) => new(ToolResult.Json(
        Encoding.UTF8.GetBytes($$"""{"sum":{{Integer(call, "a") + Integer(call, "b")}}}""")));
}

internal sealed class WhoAmITool() : TestTool("t_whoami", """ "header":{"type":"string"} """)
{
    public override ValueTask<ToolResult> CallAsync(ToolCall call) => new(ToolResult.Text(
        $"{call.Tenant}/{call.Caller.Name}/{call.Revision}/{(Text(call, "header") is { } name ? call.Header(name) : "")}"));
}

/// <summary>Needs a scope.</summary>
internal sealed class WriteTool() : TestTool("t_write")
{
    public override string? Scope => Scopes.VaultWrite;

    public override ValueTask<ToolResult> CallAsync(ToolCall call) => new(ToolResult.Text("written"));
}

internal sealed class ReadTool() : TestTool("t_read")
{
    public override string? Scope => Scopes.VaultRead;

    public override ValueTask<ToolResult> CallAsync(ToolCall call) => new(ToolResult.Text("read"));
}

/// <summary>Answers what would break a framing that does not escape.</summary>
internal sealed class NastyTool() : TestTool("t_nasty")
{
    public const string Output = "a\n\n\rdata: {}\r\n\r\nid: 7\u2028\u0000\u0001\u007f\"\\</script>\ud83d\ude00";

    public override async ValueTask<ToolResult> CallAsync(ToolCall call)
    {
        await call.ReportProgressAsync(1, 2, Output);
        return ToolResult.Text(Output);
    }
}

internal sealed class ThrowTool() : TestTool("t_throw", """ "kind":{"type":"string"} """)
{
    public override ValueTask<ToolResult> CallAsync(ToolCall call) => throw (Text(call, "kind") switch
    {
        "defect" => new InvalidOperationException("secret detail of the defect"),
        "protocol" => new McpProtocolException("A protocol sentence.", McpErrorCode.InvalidParams),
        "timeout" => new OperationCanceledException(),
        _ => new McpException("A sentence for the model."),
    });
}

/// <summary>Parameters that clients repeat in headers: an integer, a boolean, and a text two levels down.</summary>
internal sealed class HeaderTool() : TestTool("t_headers", """
    "shard":{"type":"integer","x-mcp-header":"Shard"},"dry":{"type":"boolean","x-mcp-header":"Dry"},
    "where":{"type":"object","properties":{"region":{"type":["string","null"],"x-mcp-header":"Region"}}}
    """)
{
    public override ValueTask<ToolResult> CallAsync(ToolCall call) => new(ToolResult.Text("ok"));
}

internal sealed class ChangeTool(IChanges changes) : TestTool("t_change", """ "what":{"type":"string"} """)
{
    public override ValueTask<ToolResult> CallAsync(ToolCall call)
    {
        switch (Text(call, "what"))
        {
            case "tools": changes.ToolsChanged(); break;
            case "prompts": changes.PromptsChanged(); break;
            case "resources": changes.ResourcesChanged(); break;
            default: changes.ResourceUpdated(call.Tenant, TestResources.Watched); break;
        }
        return new(ToolResult.Text("said"));
    }
}

/// <summary>There can be many of these.</summary>
internal sealed class NumberedTool(int number = 0) : TestTool($"t_number_{number}")
{
    public override ValueTask<ToolResult> CallAsync(ToolCall call) => new(ToolResult.Text(Definition.Name));
}
