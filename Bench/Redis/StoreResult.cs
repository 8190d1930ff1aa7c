using Granary.Bench.Load;
using Granary.Bench.Processes;

namespace Granary.Bench.Redis;

/// <summary>What one run against Redis gave.</summary>
/// <param name="Rate">Operations a second.</param>
/// <param name="RedisCpu">CPU microseconds of Redis for each.</param>
/// <param name="ClientCpu">CPU microseconds of this process for each.</param>
/// <param name="Latencies">How long each took, at saturation; empty where nobody looked.</param>
internal sealed record StoreResult(double Rate, double RedisCpu, double ClientCpu, LatencyHistogram Latencies)
{
    /// <summary>From a count, a time, and a meter of Redis and of this process.</summary>
    public static StoreResult Of(long count, TimeSpan elapsed, CpuMeter cpu, LatencyHistogram latencies)
    {
        var used = cpu.Read();
        return new StoreResult(count / elapsed.TotalSeconds, used[0] / count, used[1] / count, latencies);
    }
}
