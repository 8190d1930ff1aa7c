using System.Diagnostics;
using Granary.Bench.Load;
using Granary.Bench.Processes;
using Granary.Tenants.Vaults;

namespace Granary.Bench.Vaults;

/// <summary>Callers in a closed loop on activations in this process; every append is acknowledged, hence durable.</summary>
internal static class AppendStorm
{
    /// <summary>How many callers there are.</summary>
    public const int Callers = 64;

    /// <summary>Appends until the budget is used up, the callers spread over the vaults.</summary>
    public static async Task<StormResult> RunAsync(VaultShape shape, IReadOnlyList<VaultActivation> vaults, LoadBudget budget, CancellationToken cancellation)
    {
        var latencies = Enumerable.Range(0, Callers).Select(_ => new LatencyHistogram()).ToArray();
        var cpu = new CpuMeter(Environment.ProcessId);
        var begin = Stopwatch.GetTimestamp();
        var counts = await Task.WhenAll(latencies.Select((latency, caller) =>
            Task.Run(() => LoopAsync(shape, vaults[caller % vaults.Count], budget, latency), cancellation)));
        var elapsed = Stopwatch.GetElapsedTime(begin);
        var all = new LatencyHistogram();
        foreach (var latency in latencies)
            all.Add(latency);
        return new StormResult(counts.Sum() / elapsed.TotalSeconds, cpu.Read()[0] / counts.Sum(), all);
    }

    private static async Task<long> LoopAsync(VaultShape shape, VaultActivation vault, LoadBudget budget, LatencyHistogram latency)
    {
        var count = 0L;
        for (long n; (n = budget.Next()) >= 0; count++)
        {
            var append = shape.Event(n);
            var sent = Stopwatch.GetTimestamp();
            await vault.AppendAsync(append, CancellationToken.None);
            latency.Add(Stopwatch.GetElapsedTime(sent));
        }
        return count;
    }
}

/// <summary>What a storm gave.</summary>
/// <param name="Rate">Appends a second.</param>
/// <param name="Cpu">CPU microseconds of this process for each.</param>
/// <param name="Latencies">How long each took, at saturation.</param>
internal sealed record StormResult(double Rate, double Cpu, LatencyHistogram Latencies);
