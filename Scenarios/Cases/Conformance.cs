using Granary.Scenarios.Cluster;
using Granary.Scenarios.Results;

namespace Granary.Scenarios.Cases;

/// <summary>The official suite, both eras, through the balancer: its requests go to any gateway, whatever the one before remembered.</summary>
internal sealed class Conformance : Scenario
{
    private string _program = "";

    public override string Name => "conformance";

    public override async Task PrepareAsync(LocalCluster cluster, CancellationToken cancellation)
    {
        Console.WriteLine("  building the conformance suite's gateway");
        _program = await LocalCluster.BuildAsync("Conformance.Tests", cluster.Repository, cancellation);
    }

    public override async Task<string> RunAsync(ScenarioContext context, Findings findings, CancellationToken cancellation)
    {
        await context.Cluster.UpAsync(new ProcessSettings { Keys = false }.With("gateway-", "GRANARY_PROGRAM", _program), cancellation);
        var suite = Path.Combine(context.Cluster.Repository, "Conformance.Tests", "suite");
        var (exit, output, _) = await Shell.TryAsync(suite, [$"http://localhost:{context.Cluster.Endpoint.Port}/mcp"], cancellation);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        foreach (var line in lines)
            context.Note(line);
        foreach (var line in lines.Where(l => l.StartsWith('✗')))
            findings.Add(line);
        findings.Require(exit == 0 || findings.All.Count > 0, $"the suite ended with {exit}: {output}");
        return $"{lines.Count(l => l.StartsWith('✓'))} scenarios";
    }
}
