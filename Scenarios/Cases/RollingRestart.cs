using Granary.Scenarios.Clients;
using Granary.Scenarios.Load;
using Granary.Scenarios.Results;

namespace Granary.Scenarios.Cases;

/// <summary>Every silo and then every gateway restarts under load, and no call fails.</summary>
internal sealed class RollingRestart : Scenario
{
    public override string Name => "rolling-restart";

    public override async Task<string> RunAsync(ScenarioContext context, Findings findings, CancellationToken cancellation)
    {
        var traffic = await context.StartLoadAsync(new LoadPlan(), cancellation);
        for (var round = 0; round < (context.Long ? 5 : 1); round++)
        {
            await traffic.WaitForCallsAsync(50, cancellation);
            if (context.Cluster.HasSilos)
                await context.Cluster.RollAsync("silo", cancellation);
            context.Note("the silos are rolled");
            await context.Cluster.RollAsync("gateway", cancellation);
            context.Note("the gateways are rolled");
        }
        await traffic.WaitForCallsAsync(100, cancellation);
        var verdict = await context.CheckAsync(traffic, findings, cancellation);

        var calls = traffic.Calls;
        Errors.RequireNone(calls, findings);
        var ended = traffic.Streams.SelectMany(s => s.Spans).Where(s => s.End != StreamEnd.Stopped).ToList();
        var cut = ended.Count(s => s.End == StreamEnd.Cut);
        findings.Require(cut == 0, $"{cut} of {ended.Count} streams that ended were not completed");
        findings.Require(ended.Count >= traffic.Streams.Count, $"only {ended.Count} of {traffic.Streams.Count} streams moved");
        return $"{calls}; {verdict.Events} events; {ended.Count} streams completed and opened again";
    }
}
