using Granary.Bench.Load;
using Granary.Bench.Mcp;
using Granary.Bench.Processes;
using Granary.Bench.Reports;
using Granary.Bench.Shapes;

namespace Granary.Bench.Scenarios;

/// <summary>The same read through gateway and silo and through the standalone gateway, at half of the slower one's saturation.</summary>
internal sealed class ClusterReadScenario : ComparingScenario
{
    private const int Connections = 64;
    private const int Events = 100;
    private const string Vault = "reads";
    private const double MaxLatency = 0.5;
    private const double MaxCpu = 60;

    private static readonly RequestTemplate Read = ToolCall.Modern("query_timeline", $$"""{"vault_path":"{{Vault}}","limit":1}""");

    public override string Name => "cluster-reads";

    public override string Title => "A read through gateway and silo";

    protected override async Task CompareAsync(BenchOptions options, Section section, Cluster cluster, ServerProcess standalone, CancellationToken cancellation)
    {
        var (alone, through) = (new Side("standalone", standalone), new Side("gateway and silo", cluster.Gateway, cluster.Silo.Pid, cluster.Redis.Pid));
        foreach (var side in (Side[])[alone, through])
            await side.PrepareAsync(options, cancellation);
        for (var repeat = 1; repeat <= Math.Min(3, options.Repeats); repeat++)
        {
            await alone.SaturateAsync(options, cancellation);
            await through.SaturateAsync(options, cancellation);
        }
        var rate = Math.Floor(Math.Min(alone.Saturation.Median, through.Saturation.Median) / 2);
        for (var repeat = 1; repeat <= options.Repeats; repeat++)
        {
            await alone.MeasureAsync(options, rate, cancellation);
            await through.MeasureAsync(options, rate, cancellation);
            BenchContext.Say($"repeat {repeat}: at {rate}/s p50 {alone.P50.Median:F2} and {through.P50.Median:F2} ms, gateway CPU {alone.Cpu.Median:F0} and {through.Cpu.Median:F0} µs");
        }
        Report(section, rate, alone, through);
    }

    private static void Report(Section section, double rate, Side alone, Side through)
    {
        section.Paragraph($"`query_timeline` with limit 1 of a vault of {Events} events. Saturation: {Connections} connections, closed loop. All else at a fixed rate of {rate} a second, half of the slower "
            + "one's saturation; a latency counts from the moment its request was due.");
        section.Table(
            ["reads", "saturation per second", "gateway CPU µs each", "silo CPU µs each", "Redis CPU µs each", "p50 ms", "p99 ms"],
            ((Side[])[alone, through]).Select(side => side.Row()));
        var (latency, cpu) = (through.P50.Less(alone.P50), through.Cpu.Less(alone.Cpu));
        section.Targets(
        [
            new("p50 of a read at half load, added by the silo", $"≤ {MaxLatency} ms", $"{latency.Show("F2")} ms", latency.Median <= MaxLatency),
            new("gateway CPU of a read at half load, added", $"≤ {MaxCpu} µs", $"{cpu.Show("F0")} µs", cpu.Median <= MaxCpu),
        ]);
    }

    private sealed class Side(string name, ServerProcess gateway, params int[] others)
    {
        private readonly LoadGenerator _load = new(gateway);
        private readonly Sample[] _others = [.. others.Select(_ => new Sample())];
        private readonly Sample _p99 = new();

        public Sample Saturation { get; } = new();

        public Sample Cpu { get; } = new();

        public Sample P50 { get; } = new();

        public async Task PrepareAsync(BenchOptions options, CancellationToken cancellation)
        {
            using var client = new McpClient(gateway.Port);
            var appends = new AppendLoad(client, gateway);
            await appends.CreateAsync(Vault, cancellation);
            await appends.CountAsync(Vault, Events, cancellation);
            await ClosedAsync(options.WarmUp, cancellation);
        }

        public async Task SaturateAsync(BenchOptions options, CancellationToken cancellation) =>
            Saturation.Add((await ClosedAsync(options.ShortDuration, cancellation)).Rate);

        public async Task MeasureAsync(BenchOptions options, double rate, CancellationToken cancellation)
        {
            var cpu = new CpuMeter(others);
            var result = await _load.RunAtRateAsync(Read, Connections, rate, options.ShortDuration, cancellation);
            var used = cpu.Read();
            for (var i = 0; i < others.Length; i++)
                _others[i].Add(used[i] / result.Requests);
            Cpu.Add(result.CpuPerRequest);
            P50.Add(result.Latencies.Quantile(0.5) / 1_000);
            _p99.Add(result.Latencies.Quantile(0.99) / 1_000);
        }

        public string[] Row()
        {
            string[] rest = others.Length == 0 ? ["", ""] : [.. _others.Select(other => other.Show("F0"))];
            return [name, Saturation.Show("F0"), Cpu.Show("F0"), .. rest, P50.Show("F2"), _p99.Show("F2")];
        }

        private Task<LoadResult> ClosedAsync(TimeSpan duration, CancellationToken cancellation) =>
            _load.RunAsync([Read], Connections, () => LoadBudget.For(duration), echoesId: true, cancellation);
    }
}
