using Granary.Gateway.Invocation;
using Granary.Gateway.Tools;
using ModelContextProtocol.Protocol;

namespace Granary.Conformance.Tests.Fixtures;

internal sealed class WithLogging() : FixtureTool("test_tool_with_logging", "Sends log messages while it runs")
{
    public override async ValueTask<ToolResult> CallAsync(ToolCall call)
    {
        await call.LogAsync(LoggingLevel.Info, "Tool execution started");
        await Task.Delay(50, call.Cancellation);
        await call.LogAsync(LoggingLevel.Info, "Tool processing data");
        await Task.Delay(50, call.Cancellation);
        await call.LogAsync(LoggingLevel.Info, "Tool execution completed");
        return ToolResult.Text("Logged three messages.");
    }
}

internal sealed class LoggingTool() : FixtureTool("test_logging_tool", "Logs once")
{
    public override async ValueTask<ToolResult> CallAsync(ToolCall call)
    {
        await call.LogAsync(LoggingLevel.Info, "One message, if you asked for it");
        return ToolResult.Text("Done.");
    }
}

internal sealed class WithProgress() : FixtureTool("test_tool_with_progress", "Reports progress")
{
    public override async ValueTask<ToolResult> CallAsync(ToolCall call)
    {
        foreach (var progress in (int[])[0, 50, 100])
        {
            await call.ReportProgressAsync(progress, 100, $"Completed {progress} of 100");
            await Task.Delay(50, call.Cancellation);
        }
        return ToolResult.Text("Reported three times.");
    }
}

internal sealed class Reconnection() : FixtureTool("test_reconnection", "Closes its stream before the result is there")
{
    public override async ValueTask<ToolResult> CallAsync(ToolCall call)
    {
        await call.CloseStreamAsync(TimeSpan.FromMilliseconds(500));
        await Task.Delay(100, call.Cancellation);
        return ToolResult.Text("Delivered after reconnection.");
    }
}

internal sealed class SlowTool() : FixtureTool("test_slow", "Waits for 'ms' milliseconds", """
    {"type":"object","properties":{"ms":{"type":"integer","minimum":0,"maximum":60000}},"required":["ms"]}
    """)
{
    public override async ValueTask<ToolResult> CallAsync(ToolCall call)
    {
        await Task.Delay(call.Arguments.GetProperty("ms").GetInt32(), call.Cancellation);
        return ToolResult.Text("Waited.");
    }
}

internal sealed class TriggerToolChange(IChanges changes) : FixtureTool("test_trigger_tool_change", "Says that the tools changed")
{
    public override ValueTask<ToolResult> CallAsync(ToolCall call)
    {
        changes.ToolsChanged();
        return new(ToolResult.Text("Said."));
    }
}

internal sealed class TriggerPromptChange(IChanges changes) : FixtureTool("test_trigger_prompt_change", "Says that the prompts changed")
{
    public override ValueTask<ToolResult> CallAsync(ToolCall call)
    {
        changes.PromptsChanged();
        return new(ToolResult.Text("Said."));
    }
}

internal sealed class TriggerResourceUpdate(IChanges changes) : FixtureTool("test_trigger_resource_update", "Says that the watched resource changed")
{
    public override ValueTask<ToolResult> CallAsync(ToolCall call)
    {
        changes.ResourceUpdated(call.Tenant, FixtureResources.Watched);
        return new(ToolResult.Text("Said."));
    }
}
