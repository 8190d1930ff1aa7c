namespace Granary.Simulator.World;

/// <summary>What an event does to a value: calls of an endpoint fail, or a gauge of a host stands at a level.</summary>
internal sealed record Effect(string EntityId, string Metric, double Level, long From, long To)
{
    public bool Covers(long minute) => minute >= From && minute < To;
}
