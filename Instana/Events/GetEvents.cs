using Granary.Instana.Http;
using Granary.Instana.Operations;
using Granary.Instana.Params;
using Granary.Instana.Time;

namespace Granary.Instana.Events;

/// <summary>All events of a period. What the backend can filter it filters; the rest is filtered here, so the total is right.</summary>
internal sealed class GetEvents : InstanaOperation
{
    public override InstanaOperationDefinition Definition { get; } = new(
        "get_events",
        "Events of a period",
        [
            TimeFrames.TimeRange,
            TimeFrames.FromTime,
            TimeFrames.ToTime,
            EventParameters.MaxEvents,
            EventParameters.Types,
            EventParameters.State,
            EventParameters.Severity,
            EventParameters.EntityType,
            EventParameters.EntityName,
            EventParameters.EntityLabel,
            EventParameters.Problem,
            EventParameters.Query,
            EventParameters.SpecificationId,
            EventParameters.RootCause,
            EventParameters.UpdatesOnly,
            EventParameters.ExcludeEarlier,
            EventParameters.Filters,
        ]);

    public override object? Prepare(BoundParams bound, DateTimeOffset now) => TimeFrames.Resolve(bound, now);

    public override async Task<OperationResult> RunAsync(OperationContext context, CancellationToken cancellation)
    {
        var window = (TimeWindow)context.Prepared!;
        var reply = await context.SendAsync(InstanaRequest.Get("/api/events", EventsTool.Family, Query(context.Params, window)), cancellation);
        if (!EventLists.TryOpen(reply, out var document, out var failure))
            return Results.Failed(Definition.Name, failure);
        using (document)
        {
            var filter = new EventFilter(context.Params);
            var events = EventLists.Events(document.RootElement).Where(filter.Matches).ToList();
            return Results.Success(context.Params, writer =>
            {
                var most = context.Params.Number(EventParameters.MaxEvents.Name) ?? EventParameters.MaxEvents.Default!.Value;
                EventListResult.WriteEvents(writer, events, most, context.Now);
                EventListResult.WriteWindow(writer, window);
            });
        }
    }

    private static string Query(BoundParams bound, TimeWindow window)
    {
        var query = new List<string> { $"from={window.From}", $"to={window.To}" };
        if (bound.Flag(EventParameters.UpdatesOnly.Name) is { } updates)
            query.Add(updates ? "filterEventUpdates=true" : "filterEventUpdates=false");
        if (bound.Flag(EventParameters.ExcludeEarlier.Name) is { } exclude)
            query.Add(exclude ? "excludeTriggeredBefore=true" : "excludeTriggeredBefore=false");
        query.AddRange(bound.List(EventParameters.Types.Name).Select(type => "eventTypeFilters=" + type));
        return string.Join('&', query);
    }
}
