using System.Collections.Concurrent;
using Granary.Gateway.Tools;

namespace Granary.Conformance.Tests.Fixtures;

/// <summary>Answers which protocol revision the gateway serves the caller by.</summary>
internal sealed class RevisionTool() : FixtureTool("test_revision", "Answers the protocol revision of this call")
{
    public override ValueTask<ToolResult> CallAsync(ToolCall call) => new(ToolResult.Text($"revision={call.Revision};"));
}

/// <summary>
/// A call that a test holds, and what it needs to follow it without a clock. <c>run</c> tells progress and runs until it is cancelled or finished;
/// <c>finish</c> ends the run with the same id; <c>started</c> and <c>cancelled</c> return once it has started, or was cancelled.
/// </summary>
internal sealed class HeldTool() : FixtureTool("test_held", "Runs until it is cancelled, or finished by another call", """
    {"type":"object","properties":{"id":{"type":"string"},"action":{"enum":["run","started","cancelled","finish"]}},"required":["id","action"]}
    """)
{
    private readonly ConcurrentDictionary<string, Run> _runs = new();

    public override async ValueTask<ToolResult> CallAsync(ToolCall call)
    {
        var run = _runs.GetOrAdd(call.Arguments.GetProperty("id").GetString()!, _ => new Run());
        var action = call.Arguments.GetProperty("action").GetString()!;
        switch (action)
        {
            case "run":
                await RunAsync(run, call);
                break;
            case "finish":
                run.Finished.TrySetResult();
                break;
            default:
                await (action == "started" ? run.Started : run.Cancelled).Task.WaitAsync(call.Cancellation);
                break;
        }
        return ToolResult.Text($"{action}.");
    }

    private static async Task RunAsync(Run run, ToolCall call)
    {
        run.Started.TrySetResult();
        await call.ReportProgressAsync(1, 2, "half");
        try
        {
            await run.Finished.Task.WaitAsync(call.Cancellation);
        }
        catch (OperationCanceledException)
        {
            run.Cancelled.TrySetResult();
            throw;
        }
    }

    private sealed record Run
    {
        public TaskCompletionSource Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Cancelled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Finished { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
