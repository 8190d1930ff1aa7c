using System.Collections.Concurrent;

namespace Granary.Instana.Resilience;

/// <summary>
/// What is left of a connection's rate limits, as its last answers said. There is one budget for each zone; which zone a family
/// of requests is charged to is learnt from the answers. A used-up budget spares the backend a call it would refuse.
/// </summary>
internal sealed class RateBudget(TimeProvider time)
{
    /// <summary>A backend names a handful; more would be a mistake that must not cost memory.</summary>
    private const int MaxZones = 64;

    private readonly ConcurrentDictionary<string, string> _zones = new();
    private readonly ConcurrentDictionary<string, ZoneBudget> _budgets = new();

    /// <summary>Takes note of an answer.</summary>
    public void Observe(string family, RateHeaders headers, bool refused)
    {
        if (headers.Remaining is null && !refused)
            return;
        var zone = headers.Zone ?? "";
        if (_budgets.Count >= MaxZones && !_budgets.ContainsKey(zone))
            return;
        _zones[family] = zone;
        // A refusal's own Retry-After is more exact than the window's end.
        var until = refused && headers.RetryAfter is { } wait ? time.GetUtcNow() + wait : headers.Reset;
        _budgets[zone] = new ZoneBudget(refused ? 0 : headers.Remaining!.Value, until);
    }

    /// <summary>When the family's budget is full again; null while there is something left.</summary>
    public DateTimeOffset? UsedUpUntil(string family)
    {
        if (!_zones.TryGetValue(family, out var zone) || !_budgets.TryGetValue(zone, out var budget))
            return null;
        return budget.Remaining <= 0 && budget.Reset > time.GetUtcNow() ? budget.Reset : null;
    }

    private sealed record ZoneBudget(long Remaining, DateTimeOffset? Reset);
}
