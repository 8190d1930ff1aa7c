using Granary.Bench.Placement;
using Granary.Bench.Reports;
using Granary.Bench.Setup;
using Granary.Bench.Shapes;

namespace Granary.Bench.Scenarios;

/// <summary>A calculation, no measurement: 100 silos and a million active tenants, a silo that joins and one that dies, with the rules of placement and rebalancing and fixed seeds.</summary>
internal sealed class PlacementScenario : BenchScenario
{
    private const int Silos = 100;
    private const int Tenants = 1_000_000;
    private const int Calls = 20_000;
    private const int Minutes = 60;

    /// <summary>Of docs/adr/0082: what one activation costs Redis for the directory.</summary>
    private const int Commands = 4;
    private const double RedisMicroseconds = 99;

    private static readonly int[] Seeds = [1, 2, 3, 4, 5];

    private static readonly (string Name, RebalancingRules Rules)[] Rules =
    [
        ("Orleans' defaults", RebalancingRules.Orleans), ("the allowed deviation is not scaled", RebalancingRules.Orleans with { ScalesDeviation = false }),
        ("ours: and the quantum is 10⁻⁶", RebalancingRules.Ours),
    ];

    public override string Name => "placement";

    public override string Title => "Placement, rebalancing and failure at 100 silos (simulated)";

    public override IEnumerable<string> Projects(BenchOptions options) => [];

    public override Task RunAsync(BenchContext context, Section section, CancellationToken cancellation)
    {
        section.Paragraph(
            $"Calculated, with the seeds {string.Join(", ", Seeds)}, not measured: {Silos} silos that are alike, {Tenants:N0} active tenants with one vault each, {Calls:N0} calls a second in all, "
            + "by Orleans' rules of placement and rebalancing and our settings (docs/adr/0081). Load is once the same for each tenant and once Zipf's: the second asks for half as much as the first, the third for a third.");
        Placed(section);
        Joined(section, cancellation);
        Died(section, cancellation);
        return Task.CompletedTask;
    }

    /// <summary>How even a cluster is in which all tenants were placed.</summary>
    private static void Placed(Section section)
    {
        var (counts, even, zipf) = (new Sample(), new Sample(), new Sample());
        foreach (var seed in Seeds)
        {
            var cluster = Full(seed);
            counts.Add(cluster.Unevenness);
            even.Add(LoadUnevenness(cluster, Rates(seed, isZipf: false)));
            zipf.Add(LoadUnevenness(cluster, Rates(seed, isZipf: true)));
        }
        section.Table(["all tenants placed: the fullest silo over the mean", "times"],
        [
            ["activations", counts.Show("F3")], ["calls, all tenants alike", even.Show("F3")], ["calls, Zipf (the first tenant alone has 6.9 % of all)", zipf.Show("F2")],
        ]);
    }

    /// <summary>What moves to a silo that joins, in an hour.</summary>
    private static void Joined(Section section, CancellationToken cancellation)
    {
        var rows = new List<string[]>();
        foreach (var (name, rules) in Rules)
        {
            var (half, most, moved, share) = (new Sample(), new Sample(), new Sample(), new Sample());
            foreach (var seed in Seeds)
            {
                cancellation.ThrowIfCancellationRequested();
                var cluster = Full(seed);
                var rebalancer = new Rebalancer(cluster, rules);
                var joined = cluster.Join();
                var fair = (double)Tenants / cluster.Living.Count;
                var (total, reached) = (0, Minutes * 60);
                var highest = 0;
                for (var second = 1; second <= Minutes * 60; second++)
                {
                    var now = rebalancer.Tick(second);
                    total += now;
                    highest = Math.Max(highest, now);
                    if (cluster.CountOf(joined) >= fair / 2)
                        reached = Math.Min(reached, second);
                    cluster.Look();
                }
                half.Add(reached);
                most.Add(highest);
                moved.Add(100.0 * total / Tenants);
                share.Add(100 * cluster.CountOf(joined) / fair);
            }
            rows.Add([name, half.Median >= Minutes * 60 ? "never" : half.Show("F0"), share.Show("F0"), moved.Show("F2"), most.Show("F0")]);
        }
        section.Table(["a silo joins; what the rebalancer does in an hour", "s to half of a fair share", "% of a fair share", "% of all that moved", "most moves in a round"], rows);
    }

    /// <summary>What comes back, and how fast, when a silo dies.</summary>
    private static void Died(Section section, CancellationToken cancellation)
    {
        var rows = new List<string[]>();
        foreach (var isZipf in (bool[])[false, true])
        {
            var (lost, first, minute, commands, core, uneven) = (new Sample(), new Sample(), new Sample(), new Sample(), new Sample(), new Sample());
            foreach (var seed in Seeds)
            {
                cancellation.ThrowIfCancellationRequested();
                var cluster = Full(seed);
                var rates = Rates(seed, isZipf);
                var random = ClusterModel.Chance(seed);
                var waiting = cluster.Kill(cluster.Living[0]).ToList();
                lost.Add(100.0 * waiting.Count / Tenants);
                var (peak, back) = (0, 0);
                for (var second = 0; second < 60; second++)
                {
                    // The next call of a tenant that is called so often comes within this second with this chance.
                    var called = waiting.Where(tenant => random.NextDouble() < 1 - Math.Exp(-rates[tenant])).ToHashSet();
                    foreach (var tenant in called)
                        cluster.Place(tenant);
                    waiting.RemoveAll(called.Contains);
                    cluster.Look();
                    peak = Math.Max(peak, called.Count);
                    back += called.Count;
                }
                first.Add(peak);
                minute.Add(back);
                commands.Add(peak * Commands);
                core.Add(peak * RedisMicroseconds / 10_000);
                uneven.Add(cluster.Unevenness);
            }
            rows.Add([isZipf ? "Zipf" : "all alike", lost.Show("F2"), first.Show("F0"), minute.Show("F0"), commands.Show("F0"), core.Show("F1"), uneven.Show("F3")]);
        }
        section.Table(
            ["a silo dies; load", "% of all activations lost", "most activations in a second", "in the first minute", "Redis commands a second for them", "% of Redis' core", "fullest silo over the mean after"], rows);
        section.Paragraph($"Redis: {Commands} commands and {RedisMicroseconds:F0} µs of its core for each activation's place in the directory, as docs/adr/0082 measured at most; opening the vault comes on top.");
    }

    private static ClusterModel Full(int seed)
    {
        var cluster = new ClusterModel(Silos, Tenants, seed);
        for (var tenant = 0; tenant < Tenants; tenant++)
        {
            // Activations come at some thousand a second, and silos tell their counts each second.
            if (tenant % 2_000 == 0)
                cluster.Look();
            cluster.Place(tenant);
        }
        cluster.Look();
        return cluster;
    }

    /// <summary>Calls a second of each tenant; which tenant has which rank is chance.</summary>
    private static double[] Rates(int seed, bool isZipf)
    {
        var rates = new double[Tenants];
        for (var rank = 1; rank <= Tenants; rank++)
            rates[rank - 1] = isZipf ? 1.0 / rank : 1;
        var sum = rates.Sum();
        for (var i = 0; i < Tenants; i++)
            rates[i] *= Calls / sum;
        ClusterModel.Chance(seed + 1_000).Shuffle(rates);
        return rates;
    }

    private static double LoadUnevenness(ClusterModel cluster, double[] rates)
    {
        var load = new double[Silos];
        for (var tenant = 0; tenant < Tenants; tenant++)
            load[cluster.Homes[tenant]] += rates[tenant];
        return load.Max() / load.Average();
    }
}
