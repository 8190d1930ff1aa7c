using Granary.Scenarios.Cluster;
using Granary.Scenarios.Load;
using Granary.Scenarios.Results;

namespace Granary.Scenarios.Cases;

/// <summary>The version before this one runs, and this one takes its place process by process under load.</summary>
internal sealed class MixedVersions : Scenario
{
    private string? _folder;
    private string _commit = "";
    private ProcessSettings _before = new();
    private ProcessSettings _after = new();

    public override string Name => "mixed-versions";

    public override string? NotFor(string shape) => shape == "standalone" ? "it needs a second gateway" : null;

    public override async Task PrepareAsync(LocalCluster cluster, CancellationToken cancellation)
    {
        _folder = Directory.CreateTempSubdirectory("granary-previous-").FullName;
        _commit = await CheckOutAsync(cluster, _folder, cancellation);
        Console.WriteLine($"  building {_commit}, the version before this one");
        // A version from before there was a secret can prove none: both are open to each other for the time of the roll, as docs/operations.md says.
        if (!File.Exists(Path.Combine(_folder, "Grains", "Connections", "ClusterSecret.cs")))
            _after = _after.WithAll("GRANARY_CLUSTER_INSECURE", "true");
        _before = _after
            .With("gateway-", "GRANARY_PROGRAM", await LocalCluster.BuildAsync("Gateway", _folder, cancellation))
            .With("silo-", "GRANARY_PROGRAM", await LocalCluster.BuildAsync("Silo", _folder, cancellation));
    }

    public override async Task CleanUpAsync(LocalCluster cluster)
    {
        if (_folder is null)
            return;
        await Shell.TryAsync("git", ["worktree", "remove", "--force", _folder], CancellationToken.None, cluster.Repository);
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }

    public override async Task<string> RunAsync(ScenarioContext context, Findings findings, CancellationToken cancellation)
    {
        var cluster = context.Cluster;
        await cluster.UpAsync(_before, cancellation);
        var traffic = await context.StartLoadAsync(new LoadPlan(), cancellation);
        cluster.AtNextStart(_after);
        await cluster.RollAsync("silo", cancellation);
        await cluster.RollAsync("gateway", cancellation);
        await traffic.WaitForCallsAsync(context.Tenants.Count, cancellation);
        var verdict = await context.CheckAsync(traffic, findings, cancellation);
        Errors.RequireNone(traffic.Calls, findings);
        return $"from {_commit} to this one: {traffic.Calls}; {verdict.Events} events";
    }

    private static async Task<string> CheckOutAsync(LocalCluster cluster, string folder, CancellationToken cancellation)
    {
        var (exit, commit, _) = await Shell.TryAsync("git", ["rev-parse", "--short", "HEAD~1"], cancellation, cluster.Repository);
        if (exit != 0)
            throw new SkipException("this checkout has no commit before this one");
        await Shell.RunAsync("git", ["worktree", "add", "--detach", folder, commit.Trim()], cancellation, cluster.Repository);
        return Directory.Exists(Path.Combine(folder, "Silo"))
            ? commit.Trim()
            : throw new SkipException($"the commit before this one ({commit.Trim()}) has no silo");
    }
}
