namespace Granary.Simulator.World;

/// <summary>
/// The one function of the world: what a metric of an entity is at a time. It follows from the seed, the time and the events alone. Calls are
/// made up for endpoints; services, applications and groups are sums of them. Events stand where a value crosses its threshold, because both
/// come from the same effects.
/// </summary>
internal sealed class Measures(Topology topology, EventWorld events, ulong seed)
{
    public const long Minute = 60_000;

    /// <summary>A service's errors above this open an incident.</summary>
    public const double ErrorThreshold = 0.05;

    /// <summary>The share of calls through a root cause that fail.</summary>
    public const double FailureRate = 0.96;

    /// <summary>The value of a metric at the minute of a time; null where the entity has no such metric.</summary>
    public double? Value(string entityId, string metric, long time)
    {
        var from = time / Minute * Minute;
        if (EndpointsOf(entityId) is { } endpoints)
            return Calls(endpoints, from, from + Minute).Metric(metric, metric is "errors" or "latency" ? "MEAN" : "SUM", 60);
        return topology.Entities.Find(entityId) is { } entity && Gauges.Find(entity.Plugin, metric) is { } gauge
            ? Gauge(entity, gauge, from, Effects(from, from + Minute)) : null;
    }

    /// <summary>The calls of endpoints in <c>[from, to)</c>, minute by minute.</summary>
    public Tally Calls(IEnumerable<ShopEndpoint> endpoints, long from, long to)
    {
        var effects = Effects(from, to);
        var sum = default(Tally);
        var first = (from + Minute - 1) / Minute * Minute;
        foreach (var endpoint in endpoints)
        {
            var failing = Failing(effects, endpoint.Id, first, to);
            for (var minute = first; minute < to; minute += Minute)
                sum += Calls(endpoint, minute, failing[(minute - first) / Minute]);
        }
        return sum;
    }

    /// <summary>The endpoints of an endpoint, a service or an application; null for anything else.</summary>
    public IReadOnlyList<ShopEndpoint>? EndpointsOf(string id)
    {
        if (topology.Endpoint(id) is { } endpoint)
            return [endpoint];
        if (topology.Service(id) is { } service)
            return service.Endpoints;
        return topology.Application(id) is { } application ? [.. application.Services.SelectMany(one => topology.Service(one)!.Endpoints)] : null;
    }

    /// <summary>The value of a gauge at each step of <c>[from, to)</c>.</summary>
    public IEnumerable<(long Time, double Value)> Series(Entity entity, Gauge gauge, long from, long to, long step)
    {
        List<Effect> effects = [.. Effects(from, to).Where(effect => effect.EntityId == entity.Id && effect.Metric == gauge.Metric)];
        for (var time = from / step * step; time < to; time += step)
        {
            if (time >= from)
                yield return (time, Gauge(entity, gauge, time / Minute * Minute, effects));
        }
    }

    /// <summary>The minutes in which calls of an endpoint fail, marked once for the whole window: a month has thousands of effects.</summary>
    private static bool[] Failing(IReadOnlyList<Effect> effects, string id, long first, long to)
    {
        var marked = new bool[Math.Max(0, (to - first + Minute - 1) / Minute)];
        foreach (var effect in effects)
        {
            if (effect.EntityId != id)
                continue;
            for (var minute = Math.Max(first, effect.From); minute < Math.Min(to, effect.To); minute += Minute)
                marked[(minute - first) / Minute] = true;
        }
        return marked;
    }

    private Tally Calls(ShopEndpoint endpoint, long minute, bool failing)
    {
        var dice = new Dice(seed ^ Hash(endpoint.Id), (ulong)(minute / Minute));
        var calls = (long)Math.Max(20, endpoint.CallsPerMinute * (0.7 + (0.6 * Day(minute))) + dice.Below(7) - 3);
        var errors = failing ? (long)Math.Round(calls * FailureRate) : dice.Below(1000) < calls ? 1 : 0;
        return new Tally(calls, errors, calls * endpoint.LatencyMs * (failing ? 4 : 1) * (0.9 + (dice.Below(200) / 1000.0)));
    }

    private double Gauge(Entity entity, Gauge gauge, long minute, IReadOnlyList<Effect> effects)
    {
        foreach (var effect in effects)
        {
            if (effect.EntityId == entity.Id && effect.Metric == gauge.Metric && effect.Covers(minute))
                return effect.Level;
        }
        var dice = new Dice(seed ^ Hash(entity.Id + gauge.Metric), (ulong)(minute / Minute));
        return Math.Round(gauge.Base + (gauge.Swing * Day(minute)) + (gauge.Swing * 0.2 * dice.Below(1000) / 1000.0), 4);
    }

    private IReadOnlyList<Effect> Effects(long from, long to) => events.Effects(from, to);

    /// <summary>From 0 at four in the morning to 1 in the afternoon.</summary>
    private static double Day(long time) => 0.5 - (0.5 * Math.Cos(2 * Math.PI * (((time / 3_600_000.0) - 4) % 24) / 24));

    private static ulong Hash(string text)
    {
        var hash = 14695981039346656037UL;
        foreach (var c in text)
            hash = (hash ^ c) * 1099511628211UL;
        return hash;
    }
}
