using System.Diagnostics;
using Granary.Scenarios.Cluster;
using Granary.Scenarios.Load;
using Granary.Scenarios.Results;

namespace Granary.Scenarios.Cases;

/// <summary>
/// Redis hangs: its connections stay open and nothing answers. Every process says that it is not ready, calls end with a sentence instead of waiting for Redis, and all
/// of it goes on when Redis does, without a restart.
/// </summary>
internal sealed class RedisHung : Scenario
{
    /// <summary>Shorter than a store tries, longer than that but not than what makes processes unready, and much longer; 0 is until they all say so.</summary>
    private static readonly int[] Seconds = [2, 7, 0, 120];

    public override string Name => "redis-hung";

    public override string? NotFor(string shape) => shape == "standalone" ? "it is about Redis" : null;

    public override async Task<string> RunAsync(ScenarioContext context, Findings findings, CancellationToken cancellation)
    {
        // What an append is told on a stream waits for Redis too.
        var traffic = await context.StartLoadAsync(new LoadPlan { TellWithin = TimeSpan.FromMinutes(3) }, cancellation);
        await traffic.WaitForCallsAsync(context.Tenants.Count, cancellation);
        var before = await ProgramsAsync(context.Cluster, cancellation);
        var seen = new List<string>();
        foreach (var seconds in context.Long ? Seconds : [0])
            seen.Add(await HangAsync(context, traffic, seconds, findings, cancellation));
        var verdict = await context.CheckAsync(traffic, findings, cancellation);
        Errors.RequireClear(traffic.Calls, findings);
        var restarted = before.Except(await ProgramsAsync(context.Cluster, cancellation)).Select(program => program.Name).ToList();
        findings.Require(restarted.Count == 0, $"started again where only Redis had hung: {string.Join(", ", restarted)}");
        return $"{string.Join("; ", seen)}; {verdict.Events} events, no restart";
    }

    /// <summary>Stops Redis in its tracks and lets it go on.</summary>
    private static async Task<string> HangAsync(ScenarioContext context, Traffic traffic, int seconds, Findings findings, CancellationToken cancellation)
    {
        var hung = Stopwatch.GetTimestamp();
        await context.Cluster.KillAsync("redis", cancellation, "STOP");
        try
        {
            await ScenarioContext.PauseAsync(seconds, cancellation);
            if (seconds == 0)
            {
                await context.Cluster.WaitForAllAsync(IsProgram, "up", cancellation);
                context.Note($"nothing is ready {Stopwatch.GetElapsedTime(hung).TotalSeconds:F1} s after Redis hung");
                // None of them waits for Redis to come back.
                await traffic.WaitForAnswersAsync(cancellation);
            }
        }
        finally
        {
            await context.Cluster.KillAsync("redis", CancellationToken.None, "CONT");
        }
        var back = Stopwatch.GetTimestamp();
        await context.Cluster.WaitForAllAsync(IsProgram, "ready", cancellation);
        await traffic.WaitForCallsAsync(context.Tenants.Count, cancellation);
        Recovery.Check(traffic.Calls, "Redis' silence", back, context.Limit(traffic), findings);
        var during = traffic.Calls.Between(hung, back);
        var words = during.Failed.CountBy(call => call.Answer.Message ?? "").OrderByDescending(sentence => sentence.Value);
        foreach (var (sentence, count) in words)
            context.Note($"{count} times: {sentence}");
        return $"hung for {Stopwatch.GetElapsedTime(hung, back).TotalSeconds:F0} s: {during.Failed.Count} of {during.Records.Count} calls failed, the longest took {during.Longest.TotalSeconds:F1} s";
    }

    private static bool IsProgram(Instance instance) => instance.Name.StartsWith("silo-", StringComparison.Ordinal) || instance.Name.StartsWith("gateway-", StringComparison.Ordinal);

    private static async Task<IReadOnlyList<(string Name, int Pid)>> ProgramsAsync(LocalCluster cluster, CancellationToken cancellation) =>
        [.. (await cluster.StatusAsync(cancellation)).Where(IsProgram).Select(program => (program.Name, program.Pid))];
}
