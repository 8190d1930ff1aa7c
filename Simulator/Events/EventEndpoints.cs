using System.Text.Json;
using Granary.Simulator.Backend;
using Granary.Simulator.World;

namespace Granary.Simulator.Events;

/// <summary>The events part of the API.</summary>
internal static class EventEndpoints
{
    public static void Map(WebApplication app, EventWorld world, TimeProvider time)
    {
        app.MapGet("/api/events", context => ListAsync(context, world, time, kind => kind is EventKind.Incident or EventKind.Issue or EventKind.Change));
        app.MapGet("/api/events/kubernetes-info-events", context => ListAsync(context, world, time, kind => kind == EventKind.Kubernetes));
        app.MapGet("/api/events/agent-monitoring-events", context => ListAsync(context, world, time, kind => kind == EventKind.Agent));
        app.MapGet("/api/events/{id}", context => OneAsync(context, world, time));
        app.MapPost("/api/events", context => ByIdsAsync(context, world, time));
    }

    private static async Task ListAsync(HttpContext context, EventWorld world, TimeProvider time, Func<EventKind, bool> kinds)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        if (EventQuery.Read(context.Request.Query, now) is not { } query)
        {
            await Answers.ErrorAsync(context, 400, "Bad request: a parameter of the query cannot be read.");
            return;
        }
        var events = world.Between(query.From, query.To, now).Where(item => kinds(item.Kind) && query.Wants(item)).ToList();
        if (events.Count == 0 && !kinds(EventKind.Issue))
            await Answers.ErrorAsync(context, 404, "There are no such events in the timeframe.");
        else
            await WriteAsync(context, 200, events, now);
    }

    private static async Task OneAsync(HttpContext context, EventWorld world, TimeProvider time)
    {
        var id = (string)context.Request.RouteValues["id"]!;
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        if (world.Find(id, now) is { } found)
            await Answers.JsonAsync(context, 200, writer => EventJson.Write(writer, found, now));
        else
            await Answers.ErrorAsync(context, 404, $"Event with id: {id} is not found");
    }

    private static async Task ByIdsAsync(HttpContext context, EventWorld world, TimeProvider time)
    {
        var ids = new List<string>();
        try
        {
            using var body = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
            ids.AddRange(body.RootElement.EnumerateArray().Select(item => item.GetString() ?? ""));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            await Answers.ErrorAsync(context, 422, "The body must be an array of event ids.");
            return;
        }
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var found = ids.Distinct().Select(id => world.Find(id, now)).OfType<WorldEvent>().ToList();
        await WriteAsync(context, found.Count == ids.Distinct().Count() ? 200 : 206, found, now);
    }

    private static Task WriteAsync(HttpContext context, int status, List<WorldEvent> events, long now) =>
        Answers.JsonAsync(context, status, writer =>
        {
            writer.WriteStartArray();
            foreach (var item in events)
                EventJson.Write(writer, item, now);
            writer.WriteEndArray();
        });
}
