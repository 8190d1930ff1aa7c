using System.Diagnostics;
using Granary.Scenarios.Load;
using Granary.Scenarios.Results;

namespace Granary.Scenarios.Cases;

/// <summary>Redis stops in order, then dies, and comes back with its file: nothing acknowledged is lost.</summary>
internal sealed class RedisRestart : Scenario
{
    private const double SecondsAway = 1.5;

    public override string Name => "redis-restart";

    public override string? NotFor(string shape) => shape == "standalone" ? "it is about Redis" : null;

    public override async Task<string> RunAsync(ScenarioContext context, Findings findings, CancellationToken cancellation)
    {
        var traffic = await context.StartLoadAsync(new LoadPlan(), cancellation);
        var failed = 0;
        for (var round = 0; round < (context.Long ? 8 : 2); round++)
        {
            await traffic.WaitForCallsAsync(50, cancellation);
            if (round % 2 == 0)
                await context.Cluster.StopAsync("redis", cancellation);
            else
                await context.Cluster.KillAsync("redis", cancellation);
            context.Note("Redis is away");
            await ScenarioContext.PauseAsync(SecondsAway, cancellation);
            await context.Cluster.StartAsync("redis", cancellation);
            context.Note("Redis is back");
            var back = Stopwatch.GetTimestamp();
            await traffic.WaitForCallsAsync(context.Tenants.Count, cancellation);
            failed += Recovery.Check(traffic.Calls, "Redis' return", back, context.Limit(traffic), findings);
        }
        var verdict = await context.CheckAsync(traffic, findings, cancellation);
        Errors.RequireClear(traffic.Calls, findings);
        return $"{traffic.Calls}, {failed} after Redis' return; {verdict.Events} events";
    }
}
