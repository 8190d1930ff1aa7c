using System.Diagnostics;
using Granary.Scenarios.Load;

namespace Granary.Scenarios.Cases;

/// <summary>A gateway dies; its clients go on through the other one with the session they have.</summary>
internal sealed class KillGateway : Scenario
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    public override string Name => "kill-gateway";

    public override string? NotFor(string shape) => shape == "standalone" ? "it needs a second gateway" : null;

    public override async Task<string> RunAsync(ScenarioContext context, Findings findings, CancellationToken cancellation)
    {
        var traffic = await context.StartLoadAsync(new LoadPlan(), cancellation);
        var failed = 0;
        for (var round = 0; round < (context.Long ? 6 : 2); round++)
        {
            var name = $"gateway-{(round % 2) + 1}";
            await ScenarioContext.PauseAsync(2, cancellation);
            var begin = Stopwatch.GetTimestamp();
            await context.Cluster.KillAsync(name, cancellation);
            await ScenarioContext.PauseAsync(3, cancellation);
            failed += Recovery.Check(traffic.Calls, name, begin, Limit, findings);
            await context.Cluster.StartAsync(name, cancellation);
        }
        await ScenarioContext.PauseAsync(2, cancellation);
        var verdict = await context.CheckAsync(traffic, findings, cancellation);
        var longest = traffic.Calls.Longest;
        findings.Require(longest <= Limit, $"a call took {longest.TotalSeconds:F1} s");
        return $"{traffic.Calls}, {failed} of them caught by a kill; {verdict.Events} events; the longest call {longest.TotalMilliseconds:F0} ms; no new handshake";
    }
}
