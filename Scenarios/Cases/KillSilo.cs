using System.Diagnostics;
using Granary.Scenarios.Load;
using Granary.Scenarios.Results;

namespace Granary.Scenarios.Cases;

/// <summary>A silo dies; no call fails, the tenants it held are served again within seconds, and nothing acknowledged is lost.</summary>
internal sealed class KillSilo : Scenario
{
    /// <summary>How long entries of dead silos may stay: not how fast a machine is, but that they go.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    public override string Name => "kill-silo";

    public override string? NotFor(string shape) => SilosOnly(shape);

    public override async Task<string> RunAsync(ScenarioContext context, Findings findings, CancellationToken cancellation)
    {
        var traffic = await context.StartLoadAsync(new LoadPlan(), cancellation);
        for (var round = 0; round < (context.Long ? 6 : 2); round++)
            await KillAsync(context, traffic, $"silo-{(round % 2) + 1}", cancellation);
        await WaitForSweepAsync(context, cancellation);
        var verdict = await context.CheckAsync(traffic, findings, cancellation);
        Errors.RequireNone(traffic.Calls, findings);
        var longest = Recovery.RequireLongest(context, traffic, findings);
        return $"{traffic.Calls}; {verdict.Events} events; {longest}";
    }

    /// <summary>Waits until the directory names nothing that is dead: each silo's port once, where a silo that died and came back would be there twice.</summary>
    private static async Task WaitForSweepAsync(ScenarioContext context, CancellationToken cancellation)
    {
        var begin = Stopwatch.GetTimestamp();
        while (await context.Cluster.DirectorySilosAsync(cancellation) is var silos && (silos.Count == 0 || silos.CountBy(silo => silo.Split(':', '@')[1]).Any(port => port.Value > 1)))
        {
            if (Stopwatch.GetElapsedTime(begin) > Longest)
                throw new ScenarioException($"the directory still names silos that are dead: {string.Join(", ", silos)}");
            await ScenarioContext.PauseAsync(1, cancellation);
        }
    }

    /// <summary>Kills a silo, and starts it again once every tenant's calls go on.</summary>
    internal static async Task KillAsync(ScenarioContext context, Traffic traffic, string name, CancellationToken cancellation)
    {
        await traffic.WaitForCallsAsync(50, cancellation);
        await context.Cluster.KillAsync(name, cancellation);
        context.Note($"{name} is killed");
        await traffic.WaitForCallsAsync(context.Tenants.Count, cancellation);
        await context.Cluster.StartAsync(name, cancellation);
        context.Note($"{name} is back");
        await traffic.WaitForCallsAsync(50, cancellation);
    }
}
