using System.Diagnostics;
using Granary.Scenarios.Load;
using Granary.Scenarios.Results;

namespace Granary.Scenarios.Cases;

/// <summary>A silo stops in its tracks, is given up by the others, and wakes up with activations that are no longer its own.</summary>
internal sealed class PauseSilo : Scenario
{
    public override string Name => "pause-silo";

    public override string? NotFor(string shape) => SilosOnly(shape);

    public override async Task<string> RunAsync(ScenarioContext context, Findings findings, CancellationToken cancellation)
    {
        var traffic = await context.StartLoadAsync(new LoadPlan { TellWithin = TimeSpan.FromSeconds(60) }, cancellation);
        for (var round = 0; round < (context.Long ? 4 : 1); round++)
        {
            var name = $"silo-{(round % 2) + 1}";
            await traffic.WaitForCallsAsync(50, cancellation);
            var before = await context.Cluster.InstanceAsync(name, cancellation);
            var begin = Stopwatch.GetTimestamp();
            await context.Cluster.KillAsync(name, cancellation, "STOP");
            // Calls to it are waited for until the others have given it up, and then go elsewhere: this many do not succeed before.
            await traffic.WaitForCallsAsync(context.Tenants.Count * 2, cancellation);
            context.Note($"calls go on without {name} after {Stopwatch.GetElapsedTime(begin).TotalSeconds:F1} s");
            await context.Cluster.KillAsync(name, cancellation, "CONT");
            // A silo that learns it was declared dead ends itself, and its supervisor starts it again.
            await context.Cluster.WaitForAsync(name, now => now.State == "ready" && now.Pid != before.Pid, cancellation);
            context.Note($"{name} has come back by itself");
        }
        await traffic.WaitForCallsAsync(100, cancellation);
        var verdict = await context.CheckAsync(traffic, findings, cancellation);
        Errors.RequireNone(traffic.Calls, findings);
        return $"{traffic.Calls}; {verdict.Events} events, each where its receipt says";
    }
}
