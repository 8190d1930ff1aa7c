using Granary.Gateway.Tools;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Tests.Plugins;

internal sealed class LogTool() : TestTool("t_log")
{
    public override async ValueTask<ToolResult> CallAsync(ToolCall call)
    {
        foreach (var level in (LoggingLevel[])[LoggingLevel.Debug, LoggingLevel.Info, LoggingLevel.Warning, LoggingLevel.Error])
            await call.LogAsync(level, $"at {level}", "tests");
        return ToolResult.Text("logged");
    }
}

internal sealed class ProgressTool() : TestTool("t_progress", """ "values":{"type":"array","items":{"type":"number"}} """)
{
    public override async ValueTask<ToolResult> CallAsync(ToolCall call)
    {
        if (call.Arguments.TryGetProperty("values", out var values))
        {
            foreach (var value in values.EnumerateArray())
                await call.ReportProgressAsync(value.GetDouble(), 100, "on the way");
        }
        return ToolResult.Text("arrived");
    }
}

/// <summary>Waits until the test lets it go or its call is cancelled, and says which it was.</summary>
internal sealed class WaitTool() : TestTool("t_wait", """ "key":{"type":"string"},"before":{"type":"boolean"},"holds":{"type":"boolean"},"after":{"type":"boolean"} """)
{
    public override async ValueTask<ToolResult> CallAsync(ToolCall call)
    {
        var signals = Signals.Of(Text(call, "key")!);
        if (Flag(call, "before"))
            await call.ReportProgressAsync(1);
        signals.Started.TrySetResult();
        if (Flag(call, "holds"))
            signals.Told.Wait(TimeSpan.FromMinutes(1));
        try
        {
            await signals.Go.Task.WaitAsync(call.Cancellation);
            if (Flag(call, "after"))
                await call.ReportProgressAsync(2);
        }
        catch (OperationCanceledException)
        {
            signals.Cancelled.TrySetResult();
            throw;
        }
        signals.Finished.TrySetResult();
        return ToolResult.Text("went");
    }
}

/// <summary>A tool with a bug: it goes on reporting after it has answered.</summary>
internal sealed class LateTool() : TestTool("t_late", """ "key":{"type":"string"} """)
{
    public override async ValueTask<ToolResult> CallAsync(ToolCall call)
    {
        var signals = Signals.Of(Text(call, "key")!);
        await call.ReportProgressAsync(1);
        _ = LaterAsync(call, signals);
        return ToolResult.Text("answered");
    }

    private static async Task LaterAsync(ToolCall call, Signals signals)
    {
        await signals.Go.Task;
        try
        {
            await call.ReportProgressAsync(2, 2, "too late");
            await call.LogAsync(LoggingLevel.Emergency, "too late");
        }
        catch (Exception e) when (e is ObjectDisposedException or InvalidOperationException)
        {
            // Its own fault; what counts is that nobody else hears of it.
        }
        signals.Finished.TrySetResult();
    }
}

internal sealed class CloseTool() : TestTool("t_close", """ "key":{"type":"string"} """)
{
    public override async ValueTask<ToolResult> CallAsync(ToolCall call)
    {
        var signals = Signals.Of(Text(call, "key")!);
        await call.ReportProgressAsync(1);
        await call.CloseStreamAsync(TimeSpan.FromMilliseconds(20));
        await signals.Go.Task.WaitAsync(call.Cancellation);
        await call.ReportProgressAsync(2);
        return ToolResult.Text("after the break");
    }
}

internal sealed class AskTool() : TestTool("t_ask", """ "what":{"type":"string"},"before":{"type":"boolean"} """)
{
    public override async ValueTask<ToolResult> CallAsync(ToolCall call)
    {
        if (Flag(call, "before"))
            await call.ReportProgressAsync(1);
        if (Text(call, "what") == "nothing")
        {
            await call.AskAsync(new Dictionary<string, InputRequest>());
            return ToolResult.Text("asked nothing");
        }
        var answer = await call.AskAsync("q", Text(call, "what") switch
        {
            "url" => AskUrl(),
            "model" => AskModel(),
            "model-tools" => AskModel(""","tools":[{"name":"x","inputSchema":{"type":"object"}}]"""),
            "roots" => AskRoots(),
            _ => AskForm(),
        });
        return ToolResult.Text(answer.RawValue.GetRawText());
    }
}

/// <summary>Two questions and a state.</summary>
internal sealed class AskTwoTool() : TestTool("t_ask_two", """ "text":{"type":"string"} """)
{
    public override async ValueTask<ToolResult> CallAsync(ToolCall call)
    {
        var answers = await call.AskAsync(new Dictionary<string, InputRequest> { ["first"] = AskForm(), ["second"] = AskForm() }, "the state");
        return ToolResult.Text($"{call.State}: {Name(answers["first"])}, {Name(answers["second"])}");
    }

    private static string? Name(InputResponse response) => response.RawValue.GetProperty("content").GetProperty("name").GetString();
}
