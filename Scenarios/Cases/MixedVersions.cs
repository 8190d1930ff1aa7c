using Granary.Scenarios.Cluster;
using Granary.Scenarios.Load;

namespace Granary.Scenarios.Cases;

/// <summary>The version before this one runs, and this one takes its place process by process under load.</summary>
internal sealed class MixedVersions : Scenario
{
    public override string Name => "mixed-versions";

    public override string? NotFor(string shape) => shape == "standalone" ? "it needs a second gateway" : null;

    public override async Task<string> RunAsync(ScenarioContext context, Findings findings, CancellationToken cancellation)
    {
        var cluster = context.Cluster;
        var folder = Directory.CreateTempSubdirectory("granary-previous-").FullName;
        try
        {
            var commit = await CheckOutAsync(cluster, folder, cancellation);
            var before = new ClusterSettings().With("gateway-", "GRANARY_PROGRAM", await cluster.BuildAsync("Gateway", folder, cancellation));
            if (cluster.HasSilos)
                before = before.With("silo-", "GRANARY_PROGRAM", await cluster.BuildAsync("Silo", folder, cancellation));
            await cluster.UpAsync(before, cancellation);
            var traffic = await context.StartLoadAsync(new LoadPlan(), cancellation);
            await ScenarioContext.PauseAsync(3, cancellation);
            cluster.AtNextStart(new ClusterSettings());
            if (cluster.HasSilos)
                await cluster.RollAsync("silo", cancellation);
            await cluster.RollAsync("gateway", cancellation);
            await ScenarioContext.PauseAsync(3, cancellation);
            var verdict = await context.CheckAsync(traffic, findings, cancellation);
            findings.Require(traffic.Calls.Failed.Count == 0, $"{traffic.Calls.Failed.Count} calls failed, first: {traffic.Calls.FirstFailure}");
            return $"from {commit} to this one: {traffic.Calls}; {verdict.Events} events";
        }
        finally
        {
            await Shell.TryAsync("git", ["worktree", "remove", "--force", folder], CancellationToken.None, cluster.Repository);
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<string> CheckOutAsync(LocalCluster cluster, string folder, CancellationToken cancellation)
    {
        var (exit, commit, _) = await Shell.TryAsync("git", ["rev-parse", "--short", "HEAD~1"], cancellation, cluster.Repository);
        if (exit != 0)
            throw new SkipException("this checkout has no commit before this one");
        await Shell.RunAsync("git", ["worktree", "add", "--detach", folder, commit.Trim()], cancellation, cluster.Repository);
        if (!Directory.Exists(Path.Combine(folder, "Silo")))
            throw new SkipException($"the commit before this one ({commit.Trim()}) has no silo");
        return commit.Trim();
    }
}
