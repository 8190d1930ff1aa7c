using System.Text.Json.Nodes;
using Granary.Simulator.Api;

namespace Granary.Simulator.Query;

/// <summary>The period of a question: <c>[From, To)</c>, aligned to whole minutes.</summary>
internal readonly record struct QueryWindow(long From, long To)
{
    private const long Minute = 60_000;

    public long Size => To - From;

    public JsonObject Adjusted => Json.Object(("windowSize", Size), ("to", To));

    /// <exception cref="BadQueryException">The window is longer than 31 days, or negative.</exception>
    public static QueryWindow Of(JsonObject body, long now, string member = "timeFrame", long absent = Minute) =>
        Of(body[member].Number("to"), body[member].Number("windowSize"), now, absent);

    public static QueryWindow Of(ApiCall call, long now, long absent) => Of(call.Number("to", 0), call.Number("windowSize", absent), now, absent);

    private static QueryWindow Of(long? to, long? size, long now, long absent)
    {
        var length = size is null or 0 ? absent : size.Value;
        if (length is < 0 or > 2_678_400_000)
            throw new BadQueryException("windowSize must be between 0 and 2678400000 (31 days)");
        var end = to is null or <= 0 ? now : Math.Min(to.Value, now);
        var aligned = end / Minute * Minute;
        return new QueryWindow(aligned - Math.Max(Minute, length / Minute * Minute), aligned);
    }
}
