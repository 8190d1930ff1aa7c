using System.Globalization;
using System.Text.Json.Nodes;
using Granary.Simulator.Api;
using Granary.Simulator.Query;
using Granary.Simulator.World;

namespace Granary.Simulator.Logs;

/// <summary>Logs: an error line for each call that failed, and a line a minute from every service that is well.</summary>
internal sealed class LogEndpoints(SimulatedWorld world)
{
    public void Register(ApiHandlers on) => on.On("POST /api/logging/logs/getLogs/v1", List);

    private SimulatedAnswer List(ApiCall call)
    {
        var window = QueryWindow.Of(call.Object, world.Now, "timeConfig", 3_600_000);
        var size = call.Json.Number("retrievalSize") ?? 0;
        // The logs API answers 500 where the others answer 400.
        if (size <= 0)
            return SimulatedAnswer.Error(500, "retrievalSize must be positive");
        var offset = call.Json.Number("offset") ?? 0;
        if (offset is < 0 or > 2000)
            throw new BadQueryException("offset must be between 0 and 2000");
        var tags = call.Object.Items("requestedTags").Select(tag => tag.ToString()).ToList();
        if (tags.Count > 10)
            throw new BadQueryException("requestedTags size must be at most 10");
        var filter = new TagFilter(call.Object);
        var lines = Lines(window).Where(line => filter.Matches((name, _, _) => Known.Contains(name) ? line.GetValueOrDefault(name) is { } value ? [value]
            : [] : null))
            .OrderBy(line => long.Parse(line["log.timestamp"], CultureInfo.InvariantCulture))
            .ToList();
        if (call.Json.Text("orderDirection") != "ASC")
            lines.Reverse();
        var shown = lines.Skip((int)offset).Take((int)Math.Min(200, size))
            .Select(line => (JsonNode)Json.Object(("tags", Json.Object((tags.Count > 0 ? tags : ["log.timestamp", "log.level", "log.message"])
            .Select(tag => (tag, (JsonNode?)line.GetValueOrDefault(tag)))))));
        return SimulatedAnswer.Ok(Json.Object(("items", Json.Array(shown)), ("totalHits", lines.Count), ("canLoadMore", offset + size < lines.Count),
            ("adjustedTimeFrame", null)));
    }

    private static HashSet<string> Known { get; } =
    [
        "log.timestamp", "log.level", "log.message", "log.traceId", "log.hostId", "log.exception.message", "log.exception.type", "host.name", "service.name",
        "kubernetes.cluster.name", "kubernetes.namespace.name",
        "kubernetes.pod.name", "kubernetes.deployment.name", "kubernetes.container.name", "process.id", "log.applications", "log.streamName",
        "log.file.path", "log.custom",
    ];

    private IEnumerable<Dictionary<string, string>> Lines(QueryWindow window)
    {
        for (var minute = window.From; minute < window.To; minute += Measures.Minute)
        {
            foreach (var endpoint in world.Topology.Endpoints)
            {
                var calls = world.Measures.Calls([endpoint], minute, minute + Measures.Minute);
                for (var number = 0; number < calls.Errors; number++)
                    yield return Line(endpoint, minute + (number * Measures.Minute / calls.Calls), "ERROR", $"{endpoint.Label}: connection refused",
                        $"{minute / Measures.Minute:x8}{number:x4}{endpoint.Id}");
                if (endpoint.Calls is null)
                    yield return Line(endpoint, minute + 30_000, "INFO", $"{calls.Calls} calls of {endpoint.Label}", null);
            }
        }
    }

    private Dictionary<string, string> Line(ShopEndpoint endpoint, long time, string level, string message, string? trace)
    {
        var service = world.Topology.ServiceOf(endpoint);
        var line = new Dictionary<string, string>
        {
            ["log.timestamp"] = time.ToString(CultureInfo.InvariantCulture), ["log.level"] = level, ["log.message"] = message, ["host.name"] = service.Host,
            ["log.hostId"] = service.Host,
            ["service.name"] = service.Name, ["kubernetes.pod.name"] = service.Pod, ["kubernetes.namespace.name"] = Topology.Namespace,
            ["kubernetes.cluster.name"] = Topology.Cluster,
            ["kubernetes.deployment.name"] = service.Name,
        };
        if (trace is not null)
            line["log.traceId"] = trace;
        return line;
    }
}
