using System.Diagnostics;
using Granary.Scenarios.Load;

namespace Granary.Scenarios.Cases;

/// <summary>A silo stops in its tracks, is given up by the others, and wakes up with activations that are no longer its own.</summary>
internal sealed class PauseSilo : Scenario
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    public override string Name => "pause-silo";

    public override string? NotFor(string shape) => SilosOnly(shape);

    public override async Task<string> RunAsync(ScenarioContext context, Findings findings, CancellationToken cancellation)
    {
        var traffic = await context.StartLoadAsync(new LoadPlan { TellWithin = TimeSpan.FromSeconds(12) }, cancellation);
        for (var round = 0; round < (context.Long ? 4 : 1); round++)
        {
            var name = $"silo-{(round % 2) + 1}";
            await ScenarioContext.PauseAsync(2, cancellation);
            var begin = Stopwatch.GetTimestamp();
            await context.Cluster.KillAsync(name, cancellation, "STOP");
            await ScenarioContext.PauseAsync(8, cancellation);
            Recovery.Check(traffic.Calls, $"{name} stood still", begin, Limit, findings);
            await context.Cluster.KillAsync(name, cancellation, "CONT");
            context.Note($"{name} wakes up");
            await ScenarioContext.PauseAsync(4, cancellation);
            // One that learns that it was given up ends itself; whoever started it starts it again.
            await context.Cluster.StartAsync(name, cancellation);
        }
        await ScenarioContext.PauseAsync(2, cancellation);
        var verdict = await context.CheckAsync(traffic, findings, cancellation);
        return $"{traffic.Calls}; {verdict.Events} events, each where its receipt says";
    }
}
