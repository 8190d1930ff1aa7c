using System.Globalization;
using System.Text.Json.Nodes;
using Granary.Simulator.Api;

namespace Granary.Simulator.Query;

/// <summary>A metric that is asked for: with a granularity in milliseconds, or as one value over the window.</summary>
internal sealed record MetricSpec(string Name, string Aggregation, long? Granularity, string Key)
{
    private const int MaxPoints = 600;

    /// <summary>Applications, websites and synthetics give granularities in seconds; keys carry the aggregation in lower case.</summary>
    public static List<MetricSpec> Seconds(JsonObject body, QueryWindow window) => Read(body, window, 1000, name => name.ToLowerInvariant());

    /// <summary>Infrastructure gives granularities in milliseconds; keys carry the aggregation in upper case.</summary>
    public static List<MetricSpec> Milliseconds(JsonObject body, QueryWindow window) => Read(body, window, 1, name => name);

    /// <summary>The ends of the intervals that the window is cut into; one for the whole window.</summary>
    public IEnumerable<(long From, long To)> Steps(QueryWindow window)
    {
        var step = Granularity is { } given ? Math.Max(60_000, given / 60_000 * 60_000) : window.Size;
        for (var from = window.From; from < window.To; from += step)
            yield return (from, Math.Min(from + step, window.To));
    }

    private static List<MetricSpec> Read(JsonObject body, QueryWindow window, int unit, Func<string, string> spell) =>
        [.. body.Items("metrics").Select(metric => One(metric, window, unit, spell))];

    private static MetricSpec One(JsonNode metric, QueryWindow window, int unit, Func<string, string> spell)
    {
        var (name, aggregation) = (metric.Text("metric")!, metric.Text("aggregation")!);
        var granularity = metric.Number("granularity") is { } given and > 0 ? given * unit : (long?)null;
        if (granularity is { } step && window.Size / step > MaxPoints)
            throw new BadQueryException($"Too many data points: {window.Size / step} for metric {name}, at most {MaxPoints} are allowed. Increase the granularity.");
        if (granularity > window.Size)
            throw new BadQueryException($"Granularity of metric {name} must not be greater than windowSize");
        var suffix = granularity is null ? "" : "." + (granularity.Value / unit).ToString(CultureInfo.InvariantCulture);
        return new MetricSpec(name, aggregation, granularity, $"{name}.{spell(aggregation)}{suffix}");
    }
}
