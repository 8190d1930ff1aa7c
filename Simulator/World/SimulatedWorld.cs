namespace Granary.Simulator.World;

/// <summary>The world and its time.</summary>
internal sealed class SimulatedWorld
{
    private readonly TimeProvider _time;

    public SimulatedWorld(ulong seed, int hosts, TimeProvider time)
    {
        _time = time;
        Topology = new Topology(hosts);
        Events = new EventWorld(seed, Topology);
        Measures = new Measures(Topology, Events, seed);
        Seed = seed;
    }

    public ulong Seed { get; }

    public Topology Topology { get; }

    public EventWorld Events { get; }

    public Measures Measures { get; }

    public long Now => _time.GetUtcNow().ToUnixTimeMilliseconds();
}
