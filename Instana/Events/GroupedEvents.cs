using System.Text.Json;
using Granary.Instana.Http;
using Granary.Instana.Operations;
using Granary.Instana.Params;
using Granary.Instana.Time;

namespace Granary.Instana.Events;

/// <summary>Events of a period that are grouped by their problem: many events, few causes.</summary>
internal abstract class GroupedEvents : InstanaOperation
{
    protected abstract string Path { get; }

    /// <summary>What the analyses call the places that a problem affects.</summary>
    protected abstract string AffectedName { get; }

    protected abstract string? Affected(JsonElement item);

    public override object? Prepare(BoundParams bound, DateTimeOffset now) => TimeFrames.Resolve(bound, now);

    public override async Task<OperationResult> RunAsync(OperationContext context, CancellationToken cancellation)
    {
        var window = (TimeWindow)context.Prepared!;
        var reply = await context.SendAsync(InstanaRequest.Get(Path, EventsTool.Family, $"from={window.From}&to={window.To}"), cancellation);
        // Documented so: these two endpoints answer 404 where a list would be empty.
        if (reply.Failure is { Kind: FailureKind.Status, Status: 404 })
            reply = new InstanaReply(404, default, null);
        if (!EventLists.TryOpen(reply, out var document, out var failure))
            return Results.Failed(Definition.Name, failure);
        using (document)
        {
            var filter = new EventFilter(context.Params);
            var events = EventLists.Events(document.RootElement).Where(filter.Matches).ToList();
            var groups = ProblemAnalysis.Group(events, Affected);
            return Results.Success(context.Params, writer =>
            {
                ProblemAnalysis.WriteSummary(writer, groups, events.Count, window);
                ProblemAnalysis.Write(writer, groups, AffectedName);
                var most = context.Params.Number(EventParameters.MaxEvents.Name) ?? EventParameters.MaxEvents.Default!.Value;
                EventListResult.WriteEvents(writer, events, most, context.Now);
                EventListResult.WriteWindow(writer, window);
            });
        }
    }
}
