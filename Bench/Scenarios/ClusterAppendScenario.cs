using Granary.Bench.Load;
using Granary.Bench.Mcp;
using Granary.Bench.Processes;
using Granary.Bench.Reports;
using Granary.Bench.Setup;
using Granary.Bench.Shapes;

namespace Granary.Bench.Scenarios;

/// <summary>Appends through the cluster beside those of the standalone gateway.</summary>
internal sealed class ClusterAppendScenario : ComparingScenario
{
    private const int Vaults = 64;
    private const double MinRatio = 0.9;
    private const double MinHot = 3_000;

    private static readonly string[] Many = [.. Enumerable.Range(0, Vaults).Select(i => $"many/{i:D2}")];
    private static readonly string[] One = ["hot"];

    public override string Name => "cluster-appends";

    public override string Title => "Appends through gateway and silo";

    protected override async Task CompareAsync(BenchOptions options, Section section, Cluster cluster, ServerProcess standalone, CancellationToken cancellation)
    {
        using var alone = new GatewayClient(standalone.Port);
        using var through = new GatewayClient(cluster.Gateway.Port);
        var (files, grains) = (new AppendLoad(alone, standalone), new AppendLoad(through, cluster.Gateway));
        Variant files64 = new($"standalone, {Vaults} vaults, fsync", files, Many), filesHot = new("standalone, one vault, fsync", files, One);
        Variant everysec = new($"cluster, {Vaults} vaults, everysec", grains, Many, "everysec"),
            always = new($"cluster, {Vaults} vaults, always", grains, Many, "always");
        Variant hot = new("cluster, one vault, everysec", grains, One, "everysec"), hotAlways = new("cluster, one vault, always", grains, One, "always");
        Variant[] variants = [files64, everysec, always, filesHot, hot, hotAlways];
        foreach (var variant in (Variant[])[files64, everysec, filesHot, hot])
            await variant.PrepareAsync(options, cancellation);
        for (var repeat = 1; repeat <= options.Repeats; repeat++)
        {
            foreach (var variant in variants)
                await variant.MeasureAsync(options, cluster, cancellation);
            Progress.Say($"repeat {repeat}: {string.Join(", ", variants.Select(v => $"{v.Name} {v.Figures.Rate.Median:F0}/s"))}");
        }
        await grains.VerifyAsync(Many[0], cancellation);
        section.Paragraph($"`append_event`, {AppendLoad.Connections} connections, closed loop; with the two settings of Redis' appendfsync.");
        section.Table(
            ["appends", "per second", "gateway CPU µs each", "silo CPU µs each", "Redis CPU µs each", "p50 ms", "p99 ms"],
            variants.Select(v => v.Figures.Row(v.Name, v.Others)));
        var (fast, safe) = (everysec.Figures.Rate.Over(files64.Figures.Rate), always.Figures.Rate.Over(files64.Figures.Rate));
        section.Targets(
        [
            new($"appends, {Vaults} vaults: cluster (everysec) over standalone", $"≥ {MinRatio}", fast.Show("F2"), fast.Median >= MinRatio),
            new($"appends, {Vaults} vaults: cluster (always) over standalone", $"≥ {MinRatio}", safe.Show("F2"), safe.Median >= MinRatio),
            new("appends/s, one vault of the cluster (everysec)", $"≥ {MinHot}", hot.Figures.Rate.Show("F0"), hot.Figures.Rate.Median >= MinHot),
        ]);
    }

    private sealed record Variant(string Name, AppendLoad Load, string[] Vaults, string? Flush = null)
    {
        private readonly Sample _silo = new();
        private readonly Sample _redis = new();

        public AppendFigures Figures { get; } = new();

        public string[] Others => Flush is null ? ["", ""] : [_silo.Show("F0"), _redis.Show("F0")];

        public async Task PrepareAsync(BenchOptions options, CancellationToken cancellation)
        {
            foreach (var vault in Vaults)
                await Load.CreateAsync(vault, cancellation);
            await WarmUp.RunAsync(async () => (await Load.ForAsync(Vaults, options.WarmUp, cancellation)).CpuPerRequest);
        }

        public async Task MeasureAsync(BenchOptions options, Cluster cluster, CancellationToken cancellation)
        {
            if (Flush is not null)
                await cluster.Redis.FlushAsync(Flush);
            var cpu = new CpuMeter(cluster.Silo.Pid, cluster.Redis.Pid);
            var result = await Load.ForAsync(Vaults, options.ShortDuration, cancellation);
            var used = cpu.Read();
            Figures.Record(result);
            _silo.Add(used[0] / result.Requests);
            _redis.Add(used[1] / result.Requests);
        }
    }
}
