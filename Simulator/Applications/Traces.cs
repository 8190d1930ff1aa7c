using System.Globalization;
using System.Text.Json.Nodes;
using Granary.Simulator.Api;
using Granary.Simulator.Query;
using Granary.Simulator.World;

namespace Granary.Simulator.Applications;

/// <summary>
/// Traces: one for each call that the values count, so there are as many, and as many failed ones, as the metrics say. An id leads back to
/// endpoint, minute and number, so nothing is stored.
/// </summary>
internal sealed class Traces(SimulatedWorld world, CallAnalysis analysis)
{
    private const string Root = "/api/application-monitoring";

    private readonly Topology _topology = world.Topology;

    public void Register(ApiHandlers on)
    {
        on.On($"POST {Root}/analyze/traces", List);
        on.On($"GET {Root}/v2/analyze/traces/{{}}", call => Find(call.Id) is { } trace ? Download(call, trace) : SimulatedAnswer.NotFound("Trace", call.Id));
        on.On($"GET {Root}/v2/analyze/traces/{{}}/calls/{{}}/details", call => Find(call.Path["traceId"]) is { } trace && Calls(trace)
            .Any(one => one.Id == call.Path["callId"])
            ? SimulatedAnswer.Ok(Details(Calls(trace).First(one => one.Id == call.Path["callId"])))
            : SimulatedAnswer.NotFound("Call", call.Path["callId"]));
        on.On($"GET {Root}/analyze/backend-correlation", call =>
            SimulatedAnswer.Ok(Find(call.Text("correlationId")!) is { } trace ? Json.Array(Json.Object(("traceId", trace.Id))) : []));
    }

    private SimulatedAnswer List(ApiCall call)
    {
        var window = QueryWindow.Of(call.Object, world.Now);
        var slices = analysis.Slices(call.Object).GroupBy(slice => slice.Endpoint)
            .Select(one => (one.Key, Ok: one.Any(slice => !slice.IsErroneous), Bad: one.Any(slice => slice.IsErroneous))).ToList();
        var total = slices.Sum(one => Count(one.Key, one.Ok, one.Bad, window.From, window.To));
        return SimulatedAnswer.Ok(ResultPages.Cursor(total, (offset, size) => Newest(slices, window).Skip(offset).Take(size).Select(Item), call.Object["pagination"],
            window));
    }

    private long Count(ShopEndpoint endpoint, bool ok, bool bad, long from, long to)
    {
        var calls = world.Measures.Calls([endpoint], from, to);
        return (ok ? calls.Calls - calls.Errors : 0) + (bad ? calls.Errors : 0);
    }

    private IEnumerable<Trace> Newest(List<(ShopEndpoint Endpoint, bool Ok, bool Bad)> slices, QueryWindow window)
    {
        for (var minute = window.To - Measures.Minute; minute >= window.From; minute -= Measures.Minute)
        {
            foreach (var (endpoint, ok, bad) in slices)
            {
                var calls = world.Measures.Calls([endpoint], minute, minute + Measures.Minute);
                for (var number = calls.Calls - 1; number >= 0; number--)
                {
                    // The first calls of a minute are the failed ones.
                    if (number < calls.Errors ? bad : ok)
                        yield return Make(endpoint, minute, (int)number, calls);
                }
            }
        }
    }

    private static Trace Make(ShopEndpoint endpoint, long minute, int number, Tally calls) => new(
        $"{minute / Measures.Minute:x8}{number:x4}{endpoint.Id}", endpoint, minute + (number * Measures.Minute / Math.Max(1, calls.Calls)),
        (long)Math.Ceiling(calls.LatencySum / Math.Max(1, calls.Calls)), number < calls.Errors);

    private Trace? Find(string id)
    {
        if (id.Length < 13 || !long.TryParse(id[..8], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var minute)
            || !int.TryParse(id[8..12], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number)
                || _topology.Endpoint(id[12..]) is not { } endpoint)
            return null;
        minute *= Measures.Minute;
        var calls = world.Measures.Calls([endpoint], minute, minute + Measures.Minute);
        return minute <= world.Now && number < calls.Calls ? Make(endpoint, minute, number, calls) : null;
    }

    private JsonObject Item(Trace trace) => Json.Object(("trace", Json.Object(
        ("id", trace.Id), ("label", trace.Endpoint.Label), ("startTime", trace.Start), ("duration", trace.Duration), ("erroneous", trace.IsErroneous),
        ("service", AppJson.Service(_topology.ServiceOf(trace.Endpoint), false)), ("endpoint", AppJson.Endpoint(trace.Endpoint)))));

    private SimulatedAnswer Download(ApiCall call, Trace trace)
    {
        var calls = Calls(trace);
        var pagination = Json.Object(("retrievalSize", Math.Min(200, call.Number("retrievalSize", 200))), ("offset", call.Number("offset", 0)),
            ("ingestionTime", call.Number("ingestionTime", trace.Start)));
        var window = new QueryWindow(trace.Start, trace.Start + Measures.Minute);
        return SimulatedAnswer.Ok(ResultPages.Cursor(calls.Count, (offset, size) => calls.Skip(offset).Take(size).Select(CallItem), pagination, window));
    }

    /// <summary>The call itself, and the one that it makes in turn.</summary>
    private List<TraceCall> Calls(Trace trace)
    {
        var first = new TraceCall(trace.Id, null, trace.Start, trace.Duration, trace.IsErroneous, null, trace.Endpoint);
        if (trace.Endpoint.Calls is not { } target)
            return [first];
        return [first, new TraceCall(trace.Id + "-1", trace.Id, trace.Start + 1, trace.Duration * 3 / 4, trace.IsErroneous, trace.Endpoint,
            _topology.Service(target)!.Endpoints[0])];
    }

    private JsonObject CallItem(TraceCall one) => Json.Object(
        ("id", one.Id), ("timestamp", one.Start), ("parentId", one.Parent), ("name", one.Endpoint.Label), ("duration", one.Duration),
        ("minSelfTime", one.Duration / 4),
        ("callCount", 1), ("errorCount", one.IsErroneous ? 1 : 0), ("destination", Simple(one.Endpoint)));

    private JsonObject Simple(ShopEndpoint endpoint) => Json.Object(
        ("service", Json.Object(("id", endpoint.ServiceId), ("label", _topology.ServiceOf(endpoint).Name))),
        ("endpoint", Json.Object(("id", endpoint.Id), ("label", endpoint.Label), ("type", endpoint.Type))), ("technologies", new JsonArray()));

    private JsonObject Details(TraceCall one) => Json.Object(
        ("id", one.Id), ("label", one.Endpoint.Label), ("start", one.Start), ("duration", one.Duration), ("minSelfTime", one.Duration / 4),
        ("networkTime", 1), ("errorCount", one.IsErroneous ? 1 : 0),
        ("batchSize", 1), ("batchSelfTime", 0), ("isSynthetic", false), ("source", Side(one.Source ?? one.Endpoint)), ("destination", Side(one.Endpoint)),
        ("spans", Json.Array(Json.Object(
            ("id", one.Id), ("name", one.Endpoint.Type == "HTTP" ? "http" : one.Endpoint.Type.ToLowerInvariant()), ("kind", "ENTRY"), ("start", one.Start),
            ("duration", one.Duration),
            ("errorCount", one.IsErroneous ? 1 : 0), ("stackTrace", new JsonArray()),
            ("data", Json.Object(("service", Json.Object(("name", _topology.ServiceOf(one.Endpoint).Name)))))))),
        ("logs", new JsonArray()));

    private JsonObject Side(ShopEndpoint endpoint) => Json.Object(
        ("applications", Json.Array(_topology.ApplicationsOf(endpoint.ServiceId).Select(AppJson.Application))),
        ("service", AppJson.Service(_topology.ServiceOf(endpoint))),
        ("endpoint", Json.Object(("id", endpoint.Id), ("label", endpoint.Label), ("type", endpoint.Type), ("serviceId", endpoint.ServiceId),
            ("technologies", new JsonArray()))),
        ("physicalContext", new JsonObject()));

    private sealed record Trace(string Id, ShopEndpoint Endpoint, long Start, long Duration, bool IsErroneous);

    private sealed record TraceCall(string Id, string? Parent, long Start, long Duration, bool IsErroneous, ShopEndpoint? Source, ShopEndpoint Endpoint);
}
