using Granary.Grains.Redis;
using Granary.Hosting.Health;

namespace Granary.Silo.Health;

/// <summary>The silo's lifecycle state; what probes look at.</summary>
internal sealed class SiloState(RedisPulse redis) : IProgramState
{
    private volatile bool _started;
    private volatile bool _draining;

    /// <summary>True once it has joined the cluster and is warm.</summary>
    public bool IsStarted => _started;

    /// <summary>False before it has started, while Redis does not answer, and from the first moment of its stop.</summary>
    public bool IsReady => _started && !_draining && redis.IsAnswering;

    public void Started() => _started = true;

    public void Drain() => _draining = true;
}
