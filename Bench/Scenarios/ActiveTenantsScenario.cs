using Granary.Bench.Load;
using Granary.Bench.Processes;
using Granary.Bench.Reports;
using Granary.Bench.Setup;
using Granary.Bench.Shapes;

namespace Granary.Bench.Scenarios;

/// <summary>Many tenants whose vaults are all in the silos' memory at once; a silo is killed and another one added while all of them are called.</summary>
internal sealed class ActiveTenantsScenario : ManyTenantsScenario
{
    private const int Silos = 3;
    private const double MaxKilobytes = 12;
    private const string Heads = "*:head";
    private const string Vaults = "*/directory/granary.vault/*";

    private static readonly TimeSpan IdleAfter = TimeSpan.FromHours(2);

    public override string Name => "active-tenants";

    public override string Title => "Tenants active at once";

    protected override async Task MeasureAsync(BenchContext context, string folder, Section section, CancellationToken cancellation)
    {
        var tenants = Tenants(context.Options);
        await using var cluster = await StartAsync(context, folder, IdleAfter, Silos, cancellation);
        await EachAsync(cluster, TenantKeys.Create, 0, WarmTenants, cancellation);
        await EachAsync(cluster, TenantKeys.Append, 0, WarmTenants, cancellation);
        var before = await LookAsync(cluster, cancellation);
        await EachAsync(cluster, TenantKeys.Create, WarmTenants, tenants, cancellation);
        await EachAsync(cluster, TenantKeys.Append, WarmTenants, tenants, cancellation);
        var after = await LookAsync(cluster, cancellation);

        var quiet = await EachAsync(cluster, TenantKeys.Append, WarmTenants, tenants, cancellation);
        var disturbed = EachAsync(cluster, TenantKeys.Append, WarmTenants, tenants, cancellation);
        // A quarter of the way, by what it took undisturbed, and half of it.
        await Task.Delay(quiet.Elapsed / 4, TimeProvider.System, cancellation);
        await cluster.KillSiloAsync();
        await Task.Delay(quiet.Elapsed / 4, TimeProvider.System, cancellation);
        await cluster.AddSiloAsync();
        var shaken = await disturbed;
        Progress.Say($"each tenant once more: {quiet.Rate:F0}/s undisturbed, {shaken.Rate:F0}/s with a silo killed and one added");
        var lost = (2L * tenants) + after.Events - await cluster.Redis.SumAsync(Heads, "count");
        Report(section, tenants, before, after, quiet, shaken, lost);
    }

    private static async Task<Look> LookAsync(Cluster cluster, CancellationToken cancellation)
    {
        foreach (var silo in cluster.Silos)
            await GarbageCollection.ForceAsync(silo.Pid, Settle, cancellation);
        var look = new Look(
            cluster.Silos.Sum(silo => ProcStat.ResidentBytes(silo.Pid)), await cluster.Redis.CountKeysAsync(Vaults), await cluster.Redis.SumAsync(Heads, "count"),
            await cluster.Redis.UsedMemoryAsync());
        Progress.Say($"{look.Active} vaults active, {look.Events} events; silos {look.Resident / Megabyte:F0} MB, Redis {look.Redis / Megabyte:F0} MB");
        return look;
    }

    private static void Report(Section section, int tenants, Look before, Look after, LoadResult quiet, LoadResult shaken, long lost)
    {
        var active = after.Active - before.Active;
        var each = (after.Resident - before.Resident) / Kilobyte / active;
        section.Paragraph(
            $"{Silos} silos and a gateway. Each tenant creates a vault and appends an event, {Connections} at a time; nothing is collected. {WarmTenants} tenants first, which pay for code and pools, then {tenants} more. "
            + "Active is what the grain directory holds; memory is resident, of all silos together, after a full garbage collection. Then each of the many tenants appends once more, and once again while the "
            + $"youngest silo is killed (SIGKILL) after a quarter of that and another one is started after half. One run. {Setting}");
        section.Table(["tenants", "vaults active", "silos MB", "Redis used MB"],
        [
            [$"{WarmTenants}", .. before.Row()],
            [$"{tenants} more", .. after.Row()],
        ]);
        section.Table(["each tenant appends", "per second", "p50 ms", "p99 ms", "longest ms"], [Row("undisturbed", quiet), Row("a silo killed, one added", shaken)]);
        section.Targets(
        [
            new("vaults active at once", $"≥ {tenants}", $"{active}", active >= tenants),
            new("silos' memory for each active vault", $"≤ {MaxKilobytes} KB", $"{each:F2} KB", each <= MaxKilobytes),
            new("acknowledged events that the log has not", "0", $"{lost}", lost == 0),
        ]);
    }

    private static string[] Row(string what, LoadResult load) =>
    [
        what, $"{load.Rate:F0}", .. ((double[])[0.5, 0.99, 1]).Select(q => $"{load.Latencies.Quantile(q) / 1000:F0}"),
    ];

    private sealed record Look(long Resident, int Active, long Events, long Redis)
    {
        public string[] Row() => [$"{Active}", $"{Resident / Megabyte:F1}", $"{Redis / Megabyte:F1}"];
    }
}
