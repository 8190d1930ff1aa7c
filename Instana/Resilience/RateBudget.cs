using System.Collections.Concurrent;
using Granary.Instana.Telemetry;

namespace Granary.Instana.Resilience;

/// <summary>
/// What is left of a connection's rate limits, as its last answers said. There is one budget for each zone; which zone a family of requests is
/// charged to is learnt from the answers, and a family whose answers name none has a budget of its own. A used-up budget spares the backend a
/// call it would refuse; every 30 s one call tries all the same, because a limit may be lifted before the time it named.
/// </summary>
internal sealed class RateBudget(TimeProvider time)
{
    /// <summary>A backend names a handful; more would be a mistake that must not cost memory.</summary>
    private const int MaxZones = 64;

    private static readonly TimeSpan BetweenProbes = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, string> _zones = new();
    private readonly ConcurrentDictionary<string, Zone> _budgets = new();

    /// <summary>Takes note of an answer.</summary>
    public void Observe(string family, RateHeaders headers, bool refused)
    {
        if (headers.Remaining is null && !refused)
            return;
        var name = headers.Zone ?? _zones.GetValueOrDefault(family) ?? "family " + family;
        if (_budgets.Count >= MaxZones && !_budgets.ContainsKey(name))
            return;
        _zones[family] = name;
        // A refusal with calls left is a burst, not the end of the budget: its own Retry-After says how long it lasts.
        var left = headers.Remaining ?? 0;
        // A refusal's own Retry-After is more exact than the window's end.
        var until = refused && headers.RetryAfter is { } wait ? time.GetUtcNow() + wait : headers.Reset;
        InstanaMetrics.Zone(name, left);
        _budgets.GetOrAdd(name, static _ => new Zone()).Set(left, until, time.GetUtcNow() + BetweenProbes);
    }

    /// <summary>When the family's budget is full again; null while there is something left, and for the call that is to try.</summary>
    public DateTimeOffset? UsedUpUntil(string family) =>
        _zones.TryGetValue(family, out var name) && _budgets.TryGetValue(name, out var zone) ? zone.LockedUntil(time.GetUtcNow()) : null;

    private sealed class Zone
    {
        private readonly Lock _gate = new();
        private long _left;
        private DateTimeOffset? _reset;
        private DateTimeOffset _probe;

        public void Set(long left, DateTimeOffset? reset, DateTimeOffset probe)
        {
            lock (_gate)
                (_left, _reset, _probe) = (left, reset, probe);
        }

        public DateTimeOffset? LockedUntil(DateTimeOffset now)
        {
            lock (_gate)
            {
                if (_left > 0 || _reset is not { } reset || reset <= now)
                    return null;
                if (now < _probe)
                    return reset;
                _probe = now + BetweenProbes;
                return null;
            }
        }
    }
}
