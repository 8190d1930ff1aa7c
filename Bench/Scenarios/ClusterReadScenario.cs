using Granary.Bench.Load;
using Granary.Bench.Mcp;
using Granary.Bench.Processes;
using Granary.Bench.Reports;
using Granary.Bench.Setup;
using Granary.Bench.Shapes;

namespace Granary.Bench.Scenarios;

/// <summary>
/// The same read through gateway and silo and through the standalone gateway, at half load: the rate at which the machine, with all that is measured and the
/// load generator on it, is half busy. Half of the rate at saturation is shown beside it; the machine is far more than half busy then, for work that comes
/// in crowds costs less.
/// </summary>
internal sealed class ClusterReadScenario : ComparingScenario
{
    private const int Connections = 64;
    private const int Events = 100;
    private const string Vault = "reads";
    private const double MaxLatency = 0.25;
    private const double MaxCpu = 60;

    private static readonly RequestTemplate Read = BenchToolCall.Modern("query_timeline", $$"""{"vault_path":"{{Vault}}","limit":1}""");

    public override string Name => "cluster-reads";

    public override string Title => "A read through gateway and silo";

    protected override async Task CompareAsync(BenchOptions options, Section section, Cluster cluster, ServerProcess standalone, CancellationToken cancellation)
    {
        var (alone, through) = (new Side(standalone), new Side(cluster.Gateway, cluster.Silo.Pid, cluster.Redis.Pid));
        foreach (var side in (Side[])[alone, through])
            await side.PrepareAsync(options, cancellation);
        for (var repeat = 1; repeat <= Math.Min(3, options.Repeats); repeat++)
        {
            await alone.SaturateAsync(options, cancellation);
            await through.SaturateAsync(options, cancellation);
        }
        var crowded = Math.Floor(Math.Min(alone.Saturation.Median, through.Saturation.Median) / 2);
        var half = await FindHalfAsync(options, crowded, through, cancellation);
        var rates = ((double Rate, string When)[])[(half, "half load"), (crowded, "half of saturation")];
        var figures = rates.Select(rate => (rate.Rate, rate.When, Alone: alone.NewFigures(), Through: through.NewFigures())).ToList();
        for (var repeat = 1; repeat <= options.Repeats; repeat++)
        {
            foreach (var (rate, when, first, second) in figures)
            {
                await alone.MeasureAsync(first, options, rate, cancellation);
                await through.MeasureAsync(second, options, rate, cancellation);
                Progress.Say(
                    $"repeat {repeat}, {when}: at {rate}/s p50 {first.P50.Median:F2} and {second.P50.Median:F2} ms, gateway CPU {first.Cpu.Median:F0} and {second.Cpu.Median:F0} µs");
            }
        }
        section.Paragraph(
            $"`query_timeline` with limit 1 of a vault of {Events} events, at fixed rates; a latency counts from the moment its request was due. At half load the machine is half busy while the "
            + $"cluster serves, load generator and all; half of saturation is half of what the slower one does in a closed loop of {Connections} connections, "
            + $"standalone {alone.Saturation.Show("F0")} and cluster {through.Saturation.Show("F0")} a second.");
        section.Table(
            ["reads", "per second", "machine busy", "gateway CPU µs each", "silo CPU µs each", "Redis CPU µs each", "p50 ms", "p99 ms"],
            figures.SelectMany(one => (string[][])
            [
                one.Alone.Row($"standalone, {one.When}", one.Rate),
                one.Through.Row($"gateway and silo, {one.When}", one.Rate)
            ]));
        var (latency, cpu) = (figures[0].Through.P50.Less(figures[0].Alone.P50), figures[0].Through.Cpu.Less(figures[0].Alone.Cpu));
        section.Targets(
        [
            new("p50 of a read at half load, added by the silo", $"≤ {MaxLatency} ms", $"{latency.Show("F2")} ms", latency.Median <= MaxLatency),
            new("gateway CPU of a read at half load, added", $"≤ {MaxCpu} µs", $"{cpu.Show("F0")} µs", cpu.Median <= MaxCpu),
        ]);
    }

    private static async Task<double> FindHalfAsync(BenchOptions options, double start, Side side, CancellationToken cancellation)
    {
        var rate = start;
        // What a call costs depends on how many come at once, so the rate is come near to in steps.
        for (var step = 0; step < 4; step++)
        {
            var figures = side.NewFigures();
            await side.MeasureAsync(figures, options, rate, cancellation);
            rate = Math.Floor(Math.Min(start, rate * 50 / figures.Busy.Median));
        }
        return rate;
    }

    private sealed class Side(ServerProcess gateway, params int[] others)
    {
        private readonly LoadGenerator _load = new(gateway);

        public Sample Saturation { get; } = new();

        public Figures NewFigures() => new(others.Length);

        public async Task PrepareAsync(BenchOptions options, CancellationToken cancellation)
        {
            using var client = new GatewayClient(gateway.Port);
            var appends = new AppendLoad(client, gateway);
            await appends.CreateAsync(Vault, cancellation);
            await appends.CountAsync(Vault, Events, cancellation);
            await WarmUp.RunAsync(async () => (await ClosedAsync(options.WarmUp, cancellation)).CpuPerRequest);
        }

        public async Task SaturateAsync(BenchOptions options, CancellationToken cancellation) =>
            Saturation.Add((await ClosedAsync(options.ShortDuration, cancellation)).Rate);

        public async Task MeasureAsync(Figures figures, BenchOptions options, double rate, CancellationToken cancellation)
        {
            var (machine, cpu) = (new MachineMeter(), new CpuMeter(others));
            var result = await _load.RunAtRateAsync(Read, Connections, rate, options.ShortDuration, cancellation);
            figures.Add(result, machine.Read(), cpu.Read());
        }

        private Task<LoadResult> ClosedAsync(TimeSpan duration, CancellationToken cancellation) =>
            _load.RunAsync([Read], Connections, () => LoadBudget.For(duration), echoesId: true, cancellation);
    }

    /// <summary>What was measured of one side at one rate.</summary>
    private sealed class Figures(int others)
    {
        private readonly Sample[] _others = [.. Enumerable.Range(0, others).Select(_ => new Sample())];
        private readonly Sample _p99 = new();

        public Sample Busy { get; } = new();

        public Sample Cpu { get; } = new();

        public Sample P50 { get; } = new();

        public void Add(LoadResult result, double busy, double[] used)
        {
            for (var i = 0; i < _others.Length; i++)
                _others[i].Add(used[i] / result.Requests);
            Busy.Add(busy * 100);
            Cpu.Add(result.CpuPerRequest);
            P50.Add(result.Latencies.Quantile(0.5) / 1_000);
            _p99.Add(result.Latencies.Quantile(0.99) / 1_000);
        }

        public string[] Row(string what, double rate)
        {
            string[] rest = _others.Length == 0 ? ["", ""] : [.. _others.Select(other => other.Show("F0"))];
            return [what, $"{rate:F0}", $"{Busy.Show("F0")} %", Cpu.Show("F0"), .. rest, P50.Show("F2"), _p99.Show("F2")];
        }
    }
}
