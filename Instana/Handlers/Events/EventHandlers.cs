using System.Text;
using System.Text.Json.Nodes;
using Granary.Instana.Http;
using Granary.Instana.Operations;
using Granary.Instana.Time;

namespace Granary.Instana.Handlers.Events;

/// <summary>The operations of <c>manage_events</c>. What the backend can filter it filters; the rest is filtered here, so the totals are right.</summary>
internal static class EventHandlers
{
    public static async Task<Answer> OneAsync(OperationContext context, CancellationToken cancellation)
    {
        var reply = await context.SendAsync(cancellation);
        if (!Bodies.TryOpen(reply, ResultShape.Object, out var node, out var failure))
            return Answer.Failed(context.Row, failure);
        if (node is not JsonObject item)
            return Answer.Failed(context.Row, new InstanaFailure(FailureKind.Unexpected, "The backend answered with a list instead of one event.") { Status = reply.Status });
        var full = item.DeepClone().AsObject();
        if (ProbableCause.Of(item) is { } cause)
            full["probableCauseSummary"] = cause;
        if (context.Client.Links.To("event", item, Around(context, item)) is { } link)
            full["link"] = link;
        return new Answer { Results = full };
    }

    /// <summary>An event's own time, with half an hour before and after, for its page.</summary>
    private static TimeWindow? Around(OperationContext context, JsonObject item)
    {
        const long HalfAnHour = 1_800_000;
        var now = context.Now.ToUnixTimeMilliseconds();
        if ((Bodies.Number(item, "start") ?? Bodies.Number(item, "timestamp")) is not { } start || start <= 0 || start > now)
            return null;
        var end = Bodies.Number(item, "end") is { } given && given >= start && given <= now ? given : now;
        return new TimeWindow(start - HalfAnHour, Math.Min(now, end + HalfAnHour));
    }

    public static async Task<Answer> ByIdsAsync(OperationContext context, CancellationToken cancellation)
    {
        var ids = context.Params.List("event_ids");
        var reply = await context.SendAsync(cancellation);
        if (!Bodies.TryOpen(reply, ResultShape.List, out var node, out var failure))
            return Answer.Failed(context.Row, failure);
        var events = EventList.Of(node);
        var found = events.Select(item => Bodies.Text(item, "eventId")).ToHashSet();
        var missing = ids.Where(id => !found.Contains(id)).ToList();
        context.Params.Set("max_events", 1000L);
        var answer = EventList.Page(context, events, new JsonObject { ["total_events"] = events.Count, ["events_count"] = events.Count });
        answer.Results["successful_retrievals"] = events.Count;
        answer.Results["failed_retrievals"] = missing.Count;
        answer.Results["missing_ids"] = AnswerEnvelope.Strings(missing);
        return answer with { Next = null };
    }

    public static async Task<Answer> ListAsync(OperationContext context, CancellationToken cancellation)
    {
        var reply = await context.SendAsync(cancellation);
        if (!Bodies.TryOpen(reply, ResultShape.List, out var node, out var failure))
            return Answer.Failed(context.Row, failure);
        var all = EventList.Of(node);
        var results = new JsonObject { ["events"] = new JsonArray(), ["events_returned"] = 0, ["total_events"] = all.Count };
        EventList.AddWindow(context, results);
        var events = new EventFilter(context.Params).Apply(all, results);
        await EventAggregation.AddAsync(context, events, results, cancellation);
        return EventList.Page(context, events, results);
    }

    public static Task<Answer> KubernetesAsync(OperationContext context, CancellationToken cancellation) =>
        GroupedAsync(context, "affected_namespaces", Namespace, cancellation);

    public static Task<Answer> AgentsAsync(OperationContext context, CancellationToken cancellation) =>
        GroupedAsync(context, "affected_entities", item => Bodies.Text(item, "entityLabel"), cancellation);

    private static async Task<Answer> GroupedAsync(OperationContext context, string affectedName, Func<JsonObject, string?> affected, CancellationToken cancellation)
    {
        var reply = await context.SendAsync(cancellation);
        // Documented so: these two endpoints answer 404 where a list would be empty.
        if (reply.Failure is { Kind: FailureKind.Status, Status: 404 })
            reply = new InstanaReply(404, Encoding.UTF8.GetBytes("[]"), null);
        if (!Bodies.TryOpen(reply, ResultShape.List, out var node, out var failure))
            return Answer.Failed(context.Row, failure);
        var all = EventList.Of(node);
        var results = new JsonObject();
        var events = new EventFilter(context.Params).Apply(all, results);
        var groups = ProblemAnalysis.Group(events, affected);
        results["summary"] = ProblemAnalysis.Headline(groups, events.Count, context.Window!);
        results["markdown_summary"] = ProblemAnalysis.Summary(groups, events.Count, context.Window!);
        results["problem_analyses"] = ProblemAnalysis.Write(groups, affectedName);
        results["total_events"] = all.Count;
        results["events_count"] = events.Count;
        EventList.AddWindow(context, results);
        await EventAggregation.AddAsync(context, events, results, cancellation);
        return EventList.Page(context, events, results);
    }

    /// <summary><c>robot-shop/cart-7bf78 (pod)</c> is in robot-shop.</summary>
    private static string? Namespace(JsonObject item)
    {
        var label = Bodies.Text(item, "entityLabel");
        var slash = label?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        return slash > 0 ? label![..slash] : null;
    }
}
