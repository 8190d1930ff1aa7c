using System.Text;
using Granary.Gateway.Access;
using Granary.Gateway.Invocation;
using Granary.Instana;
using Granary.Instana.Operations;
using Granary.Tenants;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Tools.Instana;

/// <summary>
/// A tool over Instana operations: finds the caller's connection and hands the operation on as it was written. What is wrong with it is said by
/// the operation itself, all at once and in the words clients know, so the gateway does not check the arguments before.
/// </summary>
internal abstract class InstanaBackedTool(InstanaToolDefinition definition, InstanaAccess access) : ITool
{
    /// <summary>A client that waits longer than this without a word may think that nothing happens.</summary>
    private static readonly TimeSpan BetweenReports = TimeSpan.FromSeconds(5);

    /// <summary>Below this, text and structured content together are cheaper than explaining.</summary>
    private const int ShortAnswer = 2000;

    public Tool Definition { get; } = ToolDefinition.Create(
        definition.Name,
        definition.Title,
        definition.FullDescription,
        definition.InputSchemaJson,
        InstanaTools.OutputSchemaJson,
        annotations: new ToolAnnotations
        {
            ReadOnlyHint = definition.ReadOnly,
            DestructiveHint = definition.Destructive,
            IdempotentHint = definition.ReadOnly,
            OpenWorldHint = true,
        });

    public IReadOnlyList<string> Categories { get; } = [definition.Category];

    /// <summary>Reading is enough to call it; an operation that changes something asks for more.</summary>
    public string? Scope => Scopes.InstanaRead;

    public bool ChecksItsArguments => true;

    public async ValueTask<ToolResult> CallAsync(ToolCall call)
    {
        if (InstanaTools.Read(definition.Name, call.Arguments, out var refusal) is not { } read)
            return ToolResult.CompactJson(refusal!.Json, isError: true);
        call.ReleaseArguments();
        // A round before asked the client, and sealed what it had answered until then.
        if (call.State is { Length: > 0 } answered)
            read = read with { Params = Encoding.UTF8.GetBytes(answered) };
        // 1. What it may change.
        var meant = InstanaTools.Find(read);
        call.Facts.Operation = meant?.Name;
        CallTrace.Current?.SetTag(CallTrace.Operation, meant?.Name);
        if (meant is { ReadOnly: false } && access.IsReadOnly)
            return Refused(meant, "read_only", $"{meant.Name} changes something, and this server only reads (--read-only).");
        var target = CallTarget.Of(meant is { ReadOnly: false } ? Scopes.InstanaWrite : Scopes.InstanaRead)
            with { Tool = definition.Name, Operation = meant?.Name ?? read.Operation };
        call.Require(target);
        // 2. Where it goes.
        if (!access.TryConnect(call, read.Unit, target, out var instana, out var problem))
            return Unconnected(read.Operation, problem);
        read = read with { Unit = null, Tracking = call.Tracking, Deadline = call.Deadline };
        // 3. The call; once more with what a person adds where something is missing, and where a person confirms what cannot be undone.
        var result = await RunAsync(instana, read, call);
        var canAsk = result.IsError && Confirmation.CanAsk(call);
        if (canAsk && InstanaQuestions.Missing(read, result) is { } question && await InstanaQuestions.AskAsync(call, read, question) is { } completed)
        {
            read = completed;
            result = await RunAsync(instana, read, call);
        }
        if (canAsk && InstanaQuestions.IsConfirmation(result))
        {
            if (!await InstanaQuestions.ConfirmAsync(call, read))
                return Refused(InstanaTools.Find(read)!, "not_confirmed", Confirmation.Refused);
            result = await RunAsync(instana, InstanaQuestions.Confirmed(read), call);
        }
        return result.IsError || result.Json.Length <= ShortAnswer
            ? ToolResult.CompactJson(result.Json, result.IsError)
            : ToolResult.Json(result.Json, $"{definition.Name} {read.Operation}: the answer ({result.Json.Length} bytes of JSON) is in structuredContent.");
    }

    private Task<InstanaResult> RunAsync(IInstana instana, InstanaCall read, ToolCall call)
    {
        var work = instana.CallAsync(read, call.Cancellation);
        return work.IsCompleted || !call.WantsReports ? work : ReportAsync(work, read, call);
    }

    /// <summary>A word to the client every 5 s, until the work is done: a slow backend must not look like a dead one.</summary>
    private async Task<InstanaResult> ReportAsync(Task<InstanaResult> work, InstanaCall read, ToolCall call)
    {
        var start = access.Time.GetTimestamp();
        while (true)
        {
            await ((Task)work).WaitAsync(BetweenReports, access.Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (work.IsCompleted)
                return await work;
            var seconds = (int)access.Time.GetElapsedTime(start).TotalSeconds;
            await call.ReportProgressAsync(seconds, message: $"Waiting for Instana: {seconds} s");
            await call.LogAsync(LoggingLevel.Info, $"[{definition.Name}:{read.ResourceType}] {read.Operation}: waiting for Instana ({seconds} s)");
        }
    }

    private static ToolResult Refused(InstanaOperationDefinition row, string reason, string message) => ToolResult.Object(
        json =>
        {
            json.WriteString("operation", row.Name);
            json.WriteString("error", message);
            json.WriteString("message", message);
            json.WriteString("reason", reason);
            json.WriteString("code", reason);
            json.WriteBoolean("elicitation_needed", false);
        },
        isError: true);

    private static ToolResult Unconnected(string operation, string problem) => ToolResult.Object(
        json =>
        {
            json.WriteString("operation", operation);
            json.WriteString("error", problem);
            json.WriteString("message", problem);
            json.WriteString("reason", "missing_credentials");
            json.WriteBoolean("elicitation_needed", false);
        },
        isError: true);
}
