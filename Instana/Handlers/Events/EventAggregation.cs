using System.Globalization;
using System.Text.Json.Nodes;
using Granary.Instana.Http;
using Granary.Instana.Operations;
using Granary.Instana.Time;

namespace Granary.Instana.Handlers.Events;

/// <summary>Counts before lists: how many events of each severity, type, entity, problem, hour, or after each release.</summary>
internal static class EventAggregation
{
    private const int MaxGroups = 50;

    private const long Hour = 3_600_000;

    /// <summary>How many events follow the counts where nobody asks for a number: who counts wants no list.</summary>
    public const long Examples = 5;

    public static async Task AddAsync(OperationContext context, List<JsonObject> events, JsonObject results, CancellationToken cancellation)
    {
        if (context.Params.Text("aggregate_by") is not { } by)
            return;
        Func<JsonObject, string> key = by switch
        {
            "severity" => item => Severity(Bodies.Number(item, "severity")),
            "type" => item => Bodies.Text(item, "type") ?? "unknown",
            "entity" => item => Bodies.Text(item, "entityLabel") ?? "unknown",
            "problem" => item => Bodies.Text(item, "problem") ?? "unknown",
            "hour" => item => Bodies.Number(item, "start") is { } start ? TimeWindow.Iso(start / Hour * Hour) : "unknown",
            _ => await ReleasesAsync(context, cancellation),
        };
        var groups = events.GroupBy(key).Select(group => (Value: group.Key, Count: group.Count())).ToList();
        groups = by == "hour" ? [.. groups.OrderBy(group => group.Value, StringComparer.Ordinal)] : [.. groups.OrderByDescending(group => group.Count).ThenBy(group => group.Value, StringComparer.Ordinal)];
        var counts = new JsonArray([.. groups.Take(MaxGroups).Select(group => new JsonObject { ["value"] = group.Value, ["count"] = group.Count })]);
        results.Insert(0, "aggregation", new JsonObject { ["by"] = by, ["groups"] = counts, ["total_groups"] = groups.Count });
    }

    private static string Severity(long? severity) => severity switch
    {
        10 => "10 critical",
        5 => "5 warning",
        -1 => "-1 change",
        -2 => "-2 info",
        null => "none",
        { } other => other.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>The release that was the last to start before an event; it may have started before the period.</summary>
    private static async Task<Func<JsonObject, string>> ReleasesAsync(OperationContext context, CancellationToken cancellation)
    {
        const long Week = 7 * 24 * Hour;
        var (from, to) = (context.Window!.From - Week, context.Window.To);
        var reply = await context.SendAsync(
            InstanaRequest.Get("/api/releases", RequestBuilder.Family("/api/releases"), string.Create(CultureInfo.InvariantCulture, $"from={from}&to={to}")), cancellation);
        if (!Bodies.TryOpen(reply, ResultShape.List, out var node, out var failure))
        {
            context.Params.Warn($"Releases could not be read: {failure.Details}");
            return _ => "unknown";
        }
        var releases = (Bodies.ListOf(node) ?? []).Select(item => (Start: Bodies.Number(item, "start") ?? 0, Name: Bodies.Text(item, "name") ?? "unnamed"))
            .OrderByDescending(release => release.Start).ToList();
        return item => Bodies.Number(item, "start") is { } start && releases.Find(release => release.Start <= start) is { Name: { } name } ? name : "before any release";
    }
}
