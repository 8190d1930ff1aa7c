using System.Diagnostics;
using Granary.Scenarios.Load;
using Granary.Scenarios.Results;

namespace Granary.Scenarios.Cases;

/// <summary>A gateway dies; its clients go on through the other one with the session they have.</summary>
internal sealed class KillGateway : Scenario
{
    public override string Name => "kill-gateway";

    public override string? NotFor(string shape) => shape == "standalone" ? "it needs a second gateway" : null;

    public override async Task<string> RunAsync(ScenarioContext context, Findings findings, CancellationToken cancellation)
    {
        var traffic = await context.StartLoadAsync(new LoadPlan(), cancellation);
        var failed = 0;
        for (var round = 0; round < (context.Long ? 6 : 2); round++)
        {
            var name = $"gateway-{(round % 2) + 1}";
            await traffic.WaitForCallsAsync(50, cancellation);
            var begin = Stopwatch.GetTimestamp();
            await context.Cluster.KillAsync(name, cancellation);
            await traffic.WaitForCallsAsync(context.Tenants.Count, cancellation);
            failed += Recovery.Check(traffic.Calls, name, begin, context.Limit(traffic), findings);
            await context.Cluster.StartAsync(name, cancellation);
        }
        await traffic.WaitForCallsAsync(100, cancellation);
        var verdict = await context.CheckAsync(traffic, findings, cancellation);
        var longest = Recovery.RequireLongest(context, traffic, findings);
        return $"{traffic.Calls}, {failed} of them caught by a kill; {verdict.Events} events; {longest}; no new handshake";
    }
}
