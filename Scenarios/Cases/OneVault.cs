using Granary.Scenarios.Load;
using Granary.Scenarios.Results;

namespace Granary.Scenarios.Cases;

/// <summary>Many clients append to one vault through every gateway at once; its one activation orders them.</summary>
internal sealed class OneVault : Scenario
{
    private const int Writers = 32;

    public override string Name => "one-vault";

    public override async Task<string> RunAsync(ScenarioContext context, Findings findings, CancellationToken cancellation)
    {
        var agents = await context.AgentsAsync(Enumerable.Repeat(0, Writers), cancellation);
        var traffic = await context.StartLoadAsync(
            new LoadPlan { Streams = 4, Instana = false }, agents, cancellation);
        await traffic.WaitForCallsAsync(context.Long ? 3000 : 300, cancellation);
        var verdict = await context.CheckAsync(traffic, findings, cancellation);
        findings.Require(traffic.Calls.Failed.Count == 0, $"{traffic.Calls.Failed.Count} calls failed, first: {traffic.Calls.FirstFailure}");
        return $"{traffic.Calls}; {verdict.Events} events in one chain";
    }
}
