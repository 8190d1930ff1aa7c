using Granary.Scenarios.Cluster;

namespace Granary.Scenarios.Cases;

/// <summary>The official suite, both eras, through the balancer: its requests go to any gateway, whatever the one before remembered.</summary>
internal sealed class Conformance : Scenario
{
    public override string Name => "conformance";

    public override async Task<string> RunAsync(ScenarioContext context, Findings findings, CancellationToken cancellation)
    {
        var program = await context.Cluster.BuildAsync("Conformance.Tests", context.Cluster.Repository, cancellation);
        await context.Cluster.UpAsync(new ClusterSettings { Keys = false }.With("gateway-", "GRANARY_PROGRAM", program), cancellation);
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
