using System.Text;
using System.Text.Json.Nodes;
using Granary.Instana.Client;
using Granary.Instana.Http;
using Granary.Instana.Params;
using Granary.Instana.Time;

namespace Granary.Instana.Operations;

/// <summary>
/// A tool that can be called. One engine for all rows: find the row, read its parameters, say everything that is wrong at once, ask before what
/// cannot be undone, carry out, cut to size.
/// </summary>
internal sealed class InstanaTool(InstanaToolDefinition definition, Func<InstanaOperationDefinition, OperationHandler?> handlers, OperationChecks checks)
{
    /// <summary>The longest parameters, in bytes, of a call whose answer is kept with its catalog.</summary>
    private const int MaxRemembered = 512;

    public InstanaToolDefinition Definition => definition;

    /// <summary>The row that a call means; null where there is none, or its parameters are needed to know.</summary>
    public InstanaOperationDefinition? Find(InstanaCall call) =>
        IsDescription(call) ? null : OperationFinder.Find(definition, call with { Subtype = CallArguments.Peek(call.Params, "resource_subtype") }, out _, out _);

    public async Task<InstanaResult> ExecuteAsync(InstanaCall call, InstanaClient client, CancellationToken cancellation)
    {
        if (IsDescription(call))
            return Description.Of(definition, call);
        var memory = call.Params.Length <= MaxRemembered ? $"{call.Tool}\n{call.ResourceType}\n{call.Operation}\n{Encoding.UTF8.GetString(call.Params.Span)}" : null;
        if (memory is not null && client.Remembered(memory) is { } remembered)
            return new InstanaResult(remembered, IsError: false);
        // 1. Which row.
        if (CallArguments.Peek(call.Params, "resource_subtype") is { } subtype)
            call = call with { Subtype = subtype };
        if (OperationFinder.Find(definition, call, out var refusal, out var note) is not { } row)
            return refusal!;
        // 2. Its parameters: everything that is wrong, before any request.
        var bound = ParamsBinder.Bind(call.Params, row.Parameters, Rules(row), client.Time.GetUtcNow());
        if (note is not null)
            bound.Warn(note);
        var cursor = Continue(row, bound);
        OperationChecks.Structure(row, bound);
        if (bound.Problems.Count > 0)
            return AnswerEnvelope.Invalid(row, bound);
        // 3. Names and catalogs, which takes the backend's word.
        var scope = client.Scope(definition.Name, row.ResourceType, call.Tracking, call.Deadline);
        var context = new OperationContext(row, client, scope, bound, cursor);
        if (await checks.LiveAsync(context, cancellation) is { } failure)
            return failure;
        if (bound.Problems.Count > 0)
            return AnswerEnvelope.Invalid(row, bound);
        // 4. A change that cannot be undone is shown, or asked for, first.
        if (!row.ReadOnly && bound.Wishes.DryRun)
            return await DryRun.ShowAsync(context, handlers(row), cancellation);
        if (row.Destructive && !bound.Wishes.Confirm)
            return Confirmation(row, bound);
        // 5. The call.
        var answer = handlers(row) is { } handler ? await handler(context, cancellation) : await GenericOperation.RunAsync(context, cancellation);
        if (answer.Failure is { } failed)
            return failed;
        var result = Close(context, answer);
        if (memory is not null && context.IsCatalog && handlers(row) is null && !result.IsError && bound.Window is null)
            client.Remember(memory, result.Json, context.Request());
        return result;
    }

    private static bool IsDescription(InstanaCall call) => Names.Squash(call.Operation) is "describe" or "help";

    internal static BindRules Rules(InstanaOperationDefinition row) => new(
        row.Period,
        row.TagCatalog == "application_tags" || row.Path.Contains("application", StringComparison.Ordinal) ? "DESTINATION" : "NOT_APPLICABLE",
        row.Path.StartsWith("/api/infrastructure", StringComparison.Ordinal) ? 1 : 1000);

    private static AnswerCursor? Continue(InstanaOperationDefinition row, BoundParams bound)
    {
        if (bound.Wishes.Cursor is not { } text || bound.Problems.Count > 0)
            return null;
        if (!AnswerCursor.TryDecode(text, row, bound, out var cursor, out var problem))
        {
            bound.Add(new InputProblem("cursor", problem));
            return null;
        }
        if (cursor.Window is { } window)
            bound.Window = window;
        return cursor;
    }

    private static InstanaResult Confirmation(InstanaOperationDefinition row, BoundParams bound)
    {
        var envelope = AnswerEnvelope.Open(row);
        envelope["required_action"] = new JsonObject { ["params"] = new JsonObject { ["confirm"] = true } };
        AnswerEnvelope.AddWarnings(envelope, bound);
        return AnswerEnvelope.Asked(
            envelope, "confirmation_required",
            $"{row.Name} cannot be undone ({row.Summary}). Ask the user, then repeat the call with params.confirm = true; params.dry_run = true shows what would be sent.");
    }

    private static InstanaResult Close(OperationContext context, Answer answer)
    {
        var envelope = AnswerEnvelope.Open(context.Row);
        envelope["results"] = answer.Results;
        if (context.Window is { } window)
        {
            envelope["window"] = new JsonObject { ["from_time"] = window.From, ["to_time"] = window.To, ["time_range"] = window.ToString(), ["length"] = Spans.Words(window.To - window.From) };
        }
        AnswerEnvelope.AddWarnings(envelope, context.Params);
        return Sizing.Write(envelope, answer, context.Params.Wishes.MaxChars, cursor => cursor.Encode(context.Row, context.Params)) is { } written
            ? new InstanaResult(written, IsError: false)
            : AnswerEnvelope.Failed(context.Row, new InstanaFailure(
                FailureKind.TooLarge, $"The answer does not fit into max_chars = {context.Params.Wishes.MaxChars}, even shortened; raise max_chars or filter more."));
    }
}
