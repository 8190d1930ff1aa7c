using Granary.Grains.Calls;
using Granary.Tenants;

namespace Granary.Grains.Client;

/// <summary>
/// How many calls to silos are under way in this gateway. With <see cref="ClusterClientOptions.MaxCalls"/> of them and the deadline of a call, even a cluster that
/// does ten calls a second answers each in time; one more is refused at once, with advice, because it would only wait for its time-out.
/// </summary>
internal sealed class CallLoad(ClusterClientOptions options)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);

    private int _underWay;

    /// <exception cref="TenantException">Busy: there is no place.</exception>
    public void Enter()
    {
        GrainMetrics.ClusterCalls.Add(1);
        if (Interlocked.Increment(ref _underWay) <= options.MaxCalls)
            return;
        Leave();
        throw new TenantException(
            TenantFailure.Busy, $"This gateway has {options.MaxCalls} calls under way already; try again in {RetryAfter.TotalSeconds:0} s.", RetryAfter);
    }

    public void Leave()
    {
        Interlocked.Decrement(ref _underWay);
        GrainMetrics.ClusterCalls.Add(-1);
    }
}
