using System.Diagnostics;
using Granary.Bench.Load;
using Granary.Bench.Processes;
using Granary.Bench.Reports;
using Granary.Bench.Setup;
using Granary.Bench.Shapes;

namespace Granary.Bench.Scenarios;

/// <summary>What is left in a silo of tenants that were there once and have been collected.</summary>
internal sealed class ClusterTenantsScenario : ManyTenantsScenario
{
    private const double MaxKilobytes = 3;

    private static readonly TimeSpan IdleAfter = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan CollectLimit = TimeSpan.FromSeconds(90);

    public override string Name => "cluster-tenants";

    public override string Title => "Tenants touched once";

    protected override async Task MeasureAsync(BenchContext context, string folder, Section section, CancellationToken cancellation)
    {
        var tenants = Tenants(context.Options);
        await using var cluster = await StartAsync(context, folder, IdleAfter, silos: 1, cancellation);
        var before = await TouchAsync(cluster, 0, WarmTenants, cancellation);
        var after = await TouchAsync(cluster, WarmTenants, tenants, cancellation);
        Report(section, tenants, before, after);
    }

    private static async Task<Look> TouchAsync(Cluster cluster, int first, int count, CancellationToken cancellation)
    {
        var begin = Stopwatch.GetTimestamp();
        foreach (var call in (RequestTemplate[])[TenantKeys.Create, TenantKeys.Append])
            await EachAsync(cluster, call, first, count, cancellation);
        var touched = Stopwatch.GetElapsedTime(begin);
        var peak = ProcStat.ResidentBytes(cluster.Silo.Pid);
        await WaitCollectedAsync(cluster, cancellation);
        var collected = ProcStat.ResidentBytes(cluster.Silo.Pid);
        await GarbageCollection.ForceAsync(cluster.Silo.Pid, Settle, cancellation);
        var look = new Look(touched, peak, collected, ProcStat.ResidentBytes(cluster.Silo.Pid), await cluster.Redis.UsedMemoryAsync());
        Progress.Say(
            $"{count} tenants in {touched.TotalSeconds:F0} s: silo {peak / Megabyte:F0} MB, collected {collected / Megabyte:F0} MB, after a full GC {look.Resident / Megabyte:F0} MB");
        return look;
    }

    // The directory in Redis has an entry for every activation.
    private static async Task WaitCollectedAsync(Cluster cluster, CancellationToken cancellation)
    {
        for (var begin = Stopwatch.GetTimestamp(); await cluster.Redis.CountKeysAsync("*/directory/*granary.*") > 0;)
        {
            if (Stopwatch.GetElapsedTime(begin) > CollectLimit)
                throw new BenchException($"The silo still has activations {CollectLimit.TotalSeconds} s after the last call.");
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, cancellation);
        }
    }

    private static void Report(Section section, int tenants, Look before, Look after)
    {
        var each = (after.Resident - before.Resident) / Kilobyte / tenants;
        section.Paragraph(
            $"Each tenant creates a vault and appends one event through the gateway, {Connections} at a time; activations are collected after {IdleAfter.TotalSeconds} s without a call. "
            + $"{WarmTenants} tenants first, which pay for code and pools; then {tenants} more, in {after.Touched.TotalSeconds:F0} s. The silo's resident memory, when the grain directory holds no activation any more, "
            + $"before and after a full garbage collection asked for over the runtime's diagnostics port; the runtime gives memory back by and by. One run. {Setting}");
        section.Table(["silo, resident MB", "at the last call", "collected", "after a full GC", "Redis used MB"],
        [
            [$"{WarmTenants} tenants", .. before.Row()],
            [$"{tenants} more", .. after.Row()],
        ]);
        section.Targets(
        [
            new($"silo memory for each of {tenants} tenants touched once, collected", $"≤ {MaxKilobytes} KB", $"{each:F2} KB", each <= MaxKilobytes)
        ]);
    }

    private sealed record Look(TimeSpan Touched, long Peak, long Collected, long Resident, long Redis)
    {
        public string[] Row() => [Megabytes(Peak), Megabytes(Collected), Megabytes(Resident), Megabytes(Redis)];

        private static string Megabytes(long bytes) => (bytes / Megabyte).ToString("F1");
    }
}
