using System.Globalization;
using Granary.Simulator.World;

namespace Granary.Simulator.Events;

/// <summary>The question of a list endpoint, read from its query by the API's rules: <c>from</c> wins over <c>windowSize</c>.</summary>
internal sealed record EventQuery(long From, long To, bool UpdatesOnly, bool ExcludeEarlier, IReadOnlyList<string> Types)
{
    private const long DefaultWindow = 600_000;

    /// <returns>The query; null when a value cannot be read.</returns>
    public static EventQuery? Read(IQueryCollection query, long now)
    {
        if (!Number(query, "to", now, out var to)
            || !Number(query, "windowSize", DefaultWindow, out var window)
            || !Number(query, "from", to - window, out var from)
            || !Flag(query, "filterEventUpdates", out var updates)
            || !Flag(query, "excludeTriggeredBefore", out var exclude))
        {
            return null;
        }
        string[] types = [.. query["eventTypeFilters"].OfType<string>()];
        return from > to || types.Any(type => type is not ("INCIDENT" or "ISSUE" or "CHANGE")) ? null : new EventQuery(from, to, updates, exclude, types);
    }

    public bool Wants(WorldEvent item) =>
        (!ExcludeEarlier || item.Start >= From)
        && (!UpdatesOnly || item.Start >= From || item.End <= To)
        && (Types.Count == 0 || Types.Contains(item.Type.ToUpperInvariant()));

    private static bool Number(IQueryCollection query, string name, long absent, out long value)
    {
        value = absent;
        return !query.TryGetValue(name, out var text) || long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
    }

    private static bool Flag(IQueryCollection query, string name, out bool value)
    {
        value = false;
        return !query.TryGetValue(name, out var text) || bool.TryParse(text, out value);
    }
}
