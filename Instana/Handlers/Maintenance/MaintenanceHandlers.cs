using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Granary.Instana.Http;
using Granary.Instana.Operations;

namespace Granary.Instana.Handlers.Maintenance;

/// <summary>The operations of <c>manage_maintenance_windows</c>. A window is written whole with PUT, also a new one, whose id is made here.</summary>
internal static class MaintenanceHandlers
{
    private const string Path = "/api/settings/v2/maintenance";

    private const string Family = "settings";

    public static OperationHandler List(string? state) => async (context, cancellation) =>
    {
        var (windows, failure) = await ReadAsync(context, cancellation);
        if (failure is not null)
            return Answer.Failed(context.Row, failure);
        var code = context.Params.Text("imap_code");
        var ours = windows.Where(window => code is null || MaintenanceWindow.Mentions(window, code)).ToList();
        var shown = ours.Where(window => state is null || Bodies.Text(window, "state") == state).ToList();
        var row = context.Row with { ListName = "windows" };
        var answer = GenericOperation.Whole(context with { Row = row }, new JsonArray([.. shown.Select(window => window.DeepClone())]));
        answer.Results["status"] = state?.ToLowerInvariant() ?? "all";
        answer.Results["by_state"] = new JsonObject([.. ours.GroupBy(window => Bodies.Text(window, "state") ?? "UNKNOWN").Select(group => KeyValuePair.Create<string, JsonNode?>(group.Key, group.Count()))]);
        if (ours.Count < windows.Count || shown.Count < ours.Count)
            answer.Results["before_filters"] = windows.Count;
        if (code is not null)
            answer.Results["application_id"] = code;
        return answer;
    };

    public static async Task<Answer> CreateAsync(OperationContext context, CancellationToken cancellation)
    {
        var window = MaintenanceWindow.New(context.Params, context.Now, context.Params.Text("imap_code"), out var problem);
        return window is null ? Refused(context, problem!) : await PutAsync(context, window, null, cancellation);
    }

    public static async Task<Answer> ModifyAsync(OperationContext context, CancellationToken cancellation)
    {
        var (before, failure) = await OneAsync(context, cancellation);
        if (before is null)
            return Answer.Failed(context.Row, failure!);
        var window = MaintenanceWindow.Change(before, context.Params, context.Now, out var problem);
        return window is null ? Refused(context, problem!) : await PutAsync(context, window, before, cancellation);
    }

    /// <summary>An active window ends now, which keeps its record; any other is deleted.</summary>
    public static async Task<Answer> CloseAsync(OperationContext context, CancellationToken cancellation)
    {
        var (before, failure) = await OneAsync(context, cancellation);
        if (before is null)
            return Answer.Failed(context.Row, failure!);
        if (Bodies.Text(before, "state") == "ACTIVE" && MaintenanceWindow.EndNow(before, context.Now) is { } ended)
        {
            var answer = await PutAsync(context, ended, before, cancellation);
            if (answer.Failure is null)
                answer.Results["closed"] = "ended now; the window is kept as expired";
            return Noted(context, answer);
        }
        var request = new InstanaRequest(HttpMethod.Delete, $"{Path}/{Uri.EscapeDataString(Bodies.Text(before, "id")!)}", Family);
        if (context.Params.Wishes.DryRun)
            return new Answer { Results = DryRun.Request("DELETE", request.Path, "", null) };
        var reply = await context.SendAsync(request, cancellation);
        return reply.Failure is { } refused
            ? Answer.Failed(context.Row, refused)
            : Noted(context, new Answer { Results = new JsonObject { ["success"] = true, ["closed"] = "deleted", ["window"] = before.DeepClone() } });
    }

    public static async Task<Answer> BulkAsync(OperationContext context, CancellationToken cancellation)
    {
        var created = new JsonArray();
        var failed = new JsonArray();
        foreach (var code in context.Params.List("imap_codes"))
        {
            var window = MaintenanceWindow.New(context.Params, context.Now, code, out var problem);
            if (window is null)
                return Refused(context, problem!);
            var answer = await PutAsync(context, window, null, cancellation);
            if (answer.Failure is { } failure)
                failed.Add(new JsonObject { ["imap_code"] = code, ["failure"] = JsonNode.Parse(failure.Json.Span) });
            else
                created.Add(new JsonObject { ["imap_code"] = code, ["window"] = answer.Results.DeepClone() });
        }
        var results = new JsonObject { ["created"] = created, ["failed"] = failed, ["created_count"] = created.Count, ["failed_count"] = failed.Count };
        return created.Count == 0 && failed.Count > 0
            ? new Answer { Failure = AnswerEnvelope.Close(new JsonObject { ["operation"] = context.Row.Name, ["error"] = "No window was created.", ["message"] = "No window was created.", ["results"] = results }, true) }
            : new Answer { Results = results, ListName = "created" };
    }

    /// <summary>What would be created, and the windows it overlaps; nothing is changed.</summary>
    public static async Task<Answer> ValidateAsync(OperationContext context, CancellationToken cancellation)
    {
        var code = context.Params.Text("imap_code") ?? (context.Params.List("imap_codes") is [var first, ..] ? first : null);
        var window = MaintenanceWindow.New(context.Params, context.Now, code, out var problem);
        if (window is null)
            return new Answer { Results = new JsonObject { ["valid"] = false, ["problem"] = problem } };
        var (windows, failure) = await ReadAsync(context, cancellation);
        if (failure is not null)
            return Answer.Failed(context.Row, failure);
        var (start, end) = MaintenanceWindow.Span(window);
        var meets = windows.Where(other => MaintenanceWindow.Span(other) is var (from, to) && from < end && to > start && Bodies.Text(other, "state") != "EXPIRED"
            && (code is null || MaintenanceWindow.Mentions(other, code))).ToList();
        return new Answer
        {
            Results = new JsonObject
            {
                ["valid"] = true, ["window"] = window, ["overlaps"] = new JsonArray([.. meets.Select(other => other.DeepClone())]), ["overlap_count"] = meets.Count,
            },
            ListName = "overlaps",
        };
    }

    public static Task<Answer> TemplatesAsync(OperationContext context, CancellationToken cancellation) => Task.FromResult(new Answer
    {
        Results = new JsonObject
        {
            ["templates"] = new JsonArray([.. MaintenanceWindow.Templates.Select(template => new JsonObject { ["name"] = template.Key, ["duration_minutes"] = template.Value })]),
        },
        ListName = "templates",
    });

    private static async Task<Answer> PutAsync(OperationContext context, JsonObject window, JsonObject? before, CancellationToken cancellation)
    {
        var path = $"{Path}/{Uri.EscapeDataString(Bodies.Text(window, "id")!)}";
        if (context.Params.Wishes.DryRun)
        {
            var shown = DryRun.Request("PUT", path, "", window);
            if (before is not null)
                shown["difference"] = DryRun.Difference(before, window);
            return new Answer { Results = shown };
        }
        var reply = await context.SendAsync(new InstanaRequest(HttpMethod.Put, path, Family) { Body = Encoding.UTF8.GetBytes(window.ToJsonString(AnswerEnvelope.Compact)) }, cancellation);
        if (reply.Failure is { } failure)
            return Answer.Failed(context.Row, failure);
        var results = new JsonObject { ["success"] = true, ["window_id"] = Bodies.Text(window, "id"), ["window"] = window.DeepClone() };
        if (reply.Status == 202)
            results["note"] = "The backend stored the window but could not schedule it at once.";
        return new Answer { Results = results };
    }

    private static Answer Noted(OperationContext context, Answer answer)
    {
        if (answer.Failure is null && context.Params.Text("completion_notes") is { } notes)
            answer.Results["completion_notes"] = notes;
        return answer;
    }

    private static async Task<(List<JsonObject> Windows, InstanaFailure? Failure)> ReadAsync(OperationContext context, CancellationToken cancellation)
    {
        var reply = await context.SendAsync(InstanaRequest.Get(Path, Family), cancellation);
        return Bodies.TryOpen(reply, ResultShape.List, out var node, out var failure) ? ([.. (Bodies.ListOf(node) ?? []).OfType<JsonObject>()], null) : ([], failure);
    }

    private static async Task<(JsonObject? Window, InstanaFailure? Failure)> OneAsync(OperationContext context, CancellationToken cancellation)
    {
        var reply = await context.SendAsync(InstanaRequest.Get($"{Path}/{Uri.EscapeDataString(context.Params.Text("window_id")!)}", Family), cancellation);
        return Bodies.TryOpen(reply, ResultShape.Object, out var node, out var failure) ? (node as JsonObject, failure) : (null, failure);
    }

    private static Answer Refused(OperationContext context, string problem)
    {
        context.Params.Add(new Params.InputProblem("params", problem));
        return new Answer { Failure = AnswerEnvelope.Invalid(context.Row, context.Params) };
    }

    /// <summary>An id as the backend's own pages make them: 16 hexadecimal digits.</summary>
    public static string NewId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
}
