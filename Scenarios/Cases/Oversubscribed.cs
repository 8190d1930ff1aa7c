using Granary.Scenarios.Faults;
using Granary.Scenarios.Load;
using Granary.Scenarios.Results;

namespace Granary.Scenarios.Cases;

/// <summary>Everything is slow, because others have the processors: silos and gateways are rolled, a silo dies, and no call fails. Slow is not dead.</summary>
internal sealed class Oversubscribed : Scenario
{
    private const int LoopsForEachCore = 2;

    public override string Name => "oversubscribed";

    public override string? NotFor(string shape) => SilosOnly(shape);

    public override async Task<string> RunAsync(ScenarioContext context, Findings findings, CancellationToken cancellation)
    {
        using var loops = new BusyLoops(LoopsForEachCore * Environment.ProcessorCount);
        var traffic = await context.StartLoadAsync(new LoadPlan(), cancellation);
        for (var round = 0; round < (context.Long ? 3 : 1); round++)
        {
            await context.Cluster.RollAsync("silo", cancellation);
            context.Note("the silos are rolled");
            await context.Cluster.RollAsync("gateway", cancellation);
            context.Note("the gateways are rolled");
            await KillSilo.KillAsync(context, traffic, $"silo-{(round % 2) + 1}", cancellation);
        }
        var verdict = await context.CheckAsync(traffic, findings, cancellation);
        Errors.RequireNone(traffic.Calls, findings);
        var longest = Recovery.RequireLongest(context, traffic, findings);
        return $"{loops.Count} busy loops; {traffic.Calls}; {verdict.Events} events; {longest}";
    }
}
