using Granary.Bench.Load;
using Granary.Bench.Setup;
using Granary.Bench.Shapes;

namespace Granary.Bench.Scenarios;

/// <summary>A cluster that many tenants call, each with a key of its own: some first, which pay for code and pools, then those that are measured.</summary>
internal abstract class ManyTenantsScenario : ClusterScenario
{
    protected const int WarmTenants = 5_000;
    protected const int Connections = 64;
    protected const double Kilobyte = 1024;
    protected const double Megabyte = Kilobyte * Kilobyte;

    private const int FullTenants = 100_000;
    private const int QuickTenants = 15_000;

    /// <summary>The runtime gives memory back by and by.</summary>
    protected static readonly TimeSpan Settle = TimeSpan.FromSeconds(3);

    /// <summary>How many tenants are measured.</summary>
    protected static int Tenants(BenchOptions options) => options.Quick ? QuickTenants : FullTenants;

    /// <summary>Starts a cluster that knows all tenants.</summary>
    protected static async Task<Cluster> StartAsync(BenchContext context, string folder, TimeSpan idleAfter, int silos, CancellationToken cancellation)
    {
        var keys = Path.Combine(folder, "keys.json");
        await TenantKeys.WriteAsync(keys, WarmTenants + Tenants(context.Options), cancellation);
        return await Cluster.StartAsync(
            context, folder, cancellation, [("GRANARY_IDLE_AFTER", $"{idleAfter.TotalSeconds}")], ["--api-keys", keys], TenantKeys.First, silos);
    }

    /// <summary>Has each of some tenants make a call once.</summary>
    protected static Task<LoadResult> EachAsync(Cluster cluster, RequestTemplate call, int first, int count, CancellationToken cancellation) =>
        new LoadGenerator(cluster.Gateway).RunAsync([call], Connections, () => LoadBudget.Of(count, first), echoesId: true, cancellation);
}
