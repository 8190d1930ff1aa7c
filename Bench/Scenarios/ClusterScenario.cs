using Granary.Bench.Reports;
using Granary.Bench.Scenarios.Clustered;
using Granary.Bench.Shapes;

namespace Granary.Bench.Scenarios;

/// <summary>What a silo between the gateway and the tenants costs, beside the standalone gateway on the same cores in the same run.</summary>
internal sealed class ClusterScenario : Scenario
{
    public override string Name => "cluster";

    public override string Title => "Gateway, silo and Redis";

    public override IEnumerable<string> Projects(BenchOptions options) => options.Gateway is null ? ["Gateway"] : [];

    public override Task<string?> ObstacleAsync(BenchContext context, CancellationToken cancellation) => Cluster.ObstacleAsync(context, cancellation);

    public override async Task RunAsync(BenchContext context, Section section, CancellationToken cancellation)
    {
        var folder = context.Layout.NewDataFolder();
        try
        {
            var targets = new List<Target>();
            await using (var cluster = await Cluster.StartAsync(context, folder, cancellation))
            await using (var standalone = await context.StartGatewayAsync(Path.Combine(folder, "standalone"), null, cancellation))
            {
                section.Paragraph($"One gateway, one silo and Redis {cluster.Redis.Version} beside a standalone gateway with its vaults in files. None of them is pinned: "
                    + "each side has both cores, less what the load generator needs of core 1. TLS between the processes is off.");
                targets.AddRange(await new ReadComparison(context.Options, cluster, standalone).RunAsync(section, cancellation));
                targets.AddRange(await new AppendComparison(context.Options, cluster, standalone).RunAsync(section, cancellation));
            }
            targets.AddRange(await new TenantMemory(context).RunAsync(section, cancellation));
            section.Targets(targets);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
