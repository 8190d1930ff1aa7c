using Granary.Bench.Processes;
using Granary.Bench.Reports;
using Granary.Bench.Setup;
using Granary.Bench.Shapes;

namespace Granary.Bench.Scenarios;

/// <summary>What needs silos.</summary>
internal abstract class ClusterScenario : BenchScenario
{
    /// <summary>What every section says first.</summary>
    protected const string Setting =
        "None of the processes is pinned: both sides have both cores, less what the load generator needs of core 1. TLS between the processes is off.";

    public override IEnumerable<string> Projects(BenchOptions options) => options.Gateway is null ? ["Gateway"] : [];

    public override Task<string?> ObstacleAsync(BenchContext context, CancellationToken cancellation) => Cluster.ObstacleAsync(context, cancellation);

    public override async Task RunAsync(BenchContext context, Section section, CancellationToken cancellation)
    {
        var folder = context.Layout.NewDataFolder();
        try
        {
            await MeasureAsync(context, folder, section, cancellation);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Measures with a folder of its own.</summary>
    protected abstract Task MeasureAsync(BenchContext context, string folder, Section section, CancellationToken cancellation);
}

/// <summary>A scenario that compares a cluster with the standalone gateway.</summary>
internal abstract class ComparingScenario : ClusterScenario
{
    protected override async Task MeasureAsync(BenchContext context, string folder, Section section, CancellationToken cancellation)
    {
        await using var cluster = await Cluster.StartAsync(context, folder, cancellation);
        await using var standalone = await context.StartGatewayAsync(Path.Combine(folder, "standalone"), null, cancellation);
        section.Paragraph($"One gateway, one silo and Redis {cluster.Redis.Version} beside a standalone gateway with its vaults in files. {Setting}");
        await CompareAsync(context.Options, section, cluster, standalone, cancellation);
    }

    /// <summary>Measures both, one after the other in turns.</summary>
    protected abstract Task CompareAsync(BenchOptions options, Section section, Cluster cluster, ServerProcess standalone, CancellationToken cancellation);
}
