using System.Globalization;
using System.Text.Json.Nodes;
using Granary.Simulator.Api;
using Granary.Simulator.Config;
using Granary.Simulator.World;

namespace Granary.Simulator.Slo;

/// <summary>Reports of service levels: worked out from the calls, minute by minute.</summary>
internal sealed class SloEndpoints(SimulatedWorld world, ConfigStore slos, ConfigStore corrections)
{
    private const long Hour = 3_600_000;

    public void Register(ApiHandlers on)
    {
        on.On("GET /api/slo/report/{}", call => Known(call, slo => SimulatedAnswer.Ok(Json.Array(Report(call, slo)))));
        on.On("GET /api/slo/explain/{}", call => Known(call, slo => SimulatedAnswer.Ok(Json.Texts(Explain(slo)))));
        on.On("GET /api/slo/summarize/{}", call => Known(call, slo => SimulatedAnswer.Ok(Json.Texts(Summarize(Report(call, slo), slo)))));
        on.On("GET /api/slo/entities/{}", call => Known(call, slo => Entities(call, slo)));
        on.On("GET /api/slo/correction", call => SimulatedAnswer.Ok(Json.Array(Json.Object(
            ("from", call.Text("from")), ("to", call.Text("to")), ("correctionWindows", new JsonArray()),
            ("activeCorrectionConfigIds", Json.Texts(corrections.Current.Select(one => one.Body.Text("id")!))),
            ("inActiveCorrectionConfigIds", new JsonArray())))));
    }

    private SimulatedAnswer Known(ApiCall call, Func<ConfigVersion, SimulatedAnswer> answer) =>
        slos.Find(call.Id) is { } slo ? answer(slo) : new SimulatedAnswer(404, Json.Texts($"SLO with id {call.Id} not found"));

    private IReadOnlyList<ShopEndpoint> Endpoints(ConfigVersion slo) => world.Measures.EndpointsOf(slo.Body["entity"].Text("applicationId") ?? "app-robot") ?? [];

    private IEnumerable<string> Explain(ConfigVersion slo)
    {
        var indicator = slo.Body["indicator"];
        yield return $"{slo.Body.Text("name")}: {slo.Body.Text("target")} of the {(indicator.Text("type") == "eventBased" ? "calls" : "minutes")} must be good.";
        yield return indicator.Text("blueprint") == "latency"
            ? $"Good: {indicator.Text("aggregation") ?? "MEAN"} latency of at most {indicator.Text("threshold") ?? "100"} ms."
            : "Good: the call has no error.";
        foreach (var endpoint in Endpoints(slo))
            yield return $"{world.Topology.ServiceOf(endpoint).Name}: {endpoint.Label}";
    }

    private static IEnumerable<string> Summarize(JsonObject report, ConfigVersion slo)
    {
        var unit = slo.Body["indicator"].Text("type") == "eventBased" ? "calls" : "minutes";
        yield return $"{slo.Body.Text("name")} is at {report.Text("sli")} of a target of {report.Text("slo")}.";
        yield return $"{report.Text("errorBudgetSpent")} of {report.Text("totalErrorBudget")} {unit} of the error budget are spent.";
    }

    private SimulatedAnswer Entities(ApiCall call, ConfigVersion slo)
    {
        var all = Endpoints(slo).Select(endpoint => endpoint.Id).Order(StringComparer.Ordinal).ToList();
        var (page, size) = (Math.Max(1, call.Number("page", 1)), Math.Max(1, call.Number("pageSize", all.Count)));
        return SimulatedAnswer.Ok(Json.Texts(all.Skip((int)((page - 1) * size)).Take((int)size)));
    }

    private JsonObject Report(ApiCall call, ConfigVersion slo)
    {
        var to = Math.Min(call.Number("to", world.Now), world.Now) / Hour * Hour;
        var from = Math.Min(call.Number("from", to - (7 * 24 * Hour)), to - Hour) / Hour * Hour;
        var endpoints = Endpoints(slo);
        var target = double.Parse(slo.Body.Text("target")!, CultureInfo.InvariantCulture);
        var (good, all, bad) = (0L, 0L, new List<long>());
        for (var hour = from; hour < to; hour += Hour)
        {
            var (goodNow, allNow) = Count(slo.Body, endpoints, hour);
            (good, all) = (good + goodNow, all + allNow);
            bad.Add(allNow - goodNow);
        }
        var sli = all == 0 ? 1 : (double)good / all;
        var budget = Math.Max(1, (long)Math.Round(all * (1 - target)));
        var spent = all - good;
        // All of the report is in the unit of the indicator: minutes, or calls.
        return Json.Object(
            ("sli", Math.Round(sli, 6)), ("slo", target), ("totalErrorBudget", budget), ("errorBudgetSpent", spent),
            ("errorBudgetRemaining", budget - spent), ("errorBurnRate", (long)Math.Round((double)spent / budget)),
            ("fromTimestamp", from), ("toTimestamp", to), ("errorChart", Chart(bad)), ("errorAccumulationChart", Chart(Sums(bad))),
            ("errorBudgetRemainChart", Chart(Sums(bad).Select(sum => budget - sum))),
            ("errorBurnRateChart", Chart(Sums(bad).Select(sum => sum / budget))), ("violationDistribution", Chart(bad)));
    }

    private (long Good, long All) Count(JsonObject slo, IReadOnlyList<ShopEndpoint> endpoints, long hour)
    {
        if (slo["indicator"].Text("type") == "eventBased")
        {
            var calls = world.Measures.Calls(endpoints, hour, hour + Hour);
            return (calls.Calls - calls.Errors, calls.Calls);
        }
        var limit = double.TryParse(slo["indicator"].Text("threshold"), CultureInfo.InvariantCulture, out var given) ? given : 100;
        var good = 0L;
        for (var minute = hour; minute < hour + Hour; minute += Measures.Minute)
        {
            if (world.Measures.Calls(endpoints, minute, minute + Measures.Minute).Metric("latency", slo["indicator"].Text("aggregation") ?? "MEAN",
                60) <= limit)
                good++;
        }
        return (good, 60);
    }

    private static IEnumerable<long> Sums(IEnumerable<long> values)
    {
        var sum = 0L;
        foreach (var value in values)
            yield return sum += value;
    }

    /// <summary>Buckets under their number as text, as the backend writes charts.</summary>
    private static JsonObject Chart(IEnumerable<long> values) =>
        Json.Object(values.Select((value, i) => (i.ToString(CultureInfo.InvariantCulture), (JsonNode?)value)));
}
