using System.Diagnostics;
using Granary.Scenarios.Faults;
using Granary.Scenarios.Load;
using Granary.Scenarios.Results;

namespace Granary.Scenarios.Cases;

/// <summary>The table of docs/adr/0055: how many silos are declared dead although they live, and how long a real death takes, at a load of 1, 4 and 8 busy loops for each core.</summary>
internal sealed class FalseDeaths : Scenario
{
    private const int Kills = 3;

    public override string Name => "false-deaths";

    public override bool OnlyWhenNamed => true;

    public override string? NotFor(string shape) => SilosOnly(shape);

    public override async Task<string> RunAsync(ScenarioContext context, Findings findings, CancellationToken cancellation)
    {
        List<string> rows = [];
        foreach (var load in (int[])[1, 4, 8])
            rows.Add(await RunAsync(context, load, context.Long ? 10 : 1, findings, cancellation));
        return string.Join("; ", rows);
    }

    private static async Task<string> RunAsync(ScenarioContext context, int load, int minutes, Findings findings, CancellationToken cancellation)
    {
        using var loops = new BusyLoops(load * Environment.ProcessorCount);
        var traffic = await context.StartLoadAsync(new LoadPlan(), cancellation);
        var before = await SilosAsync(context, cancellation);
        await ScenarioContext.PauseAsync(60 * minutes, cancellation);
        // A silo that the others declare dead ends and is started again, as another process.
        var falseDeaths = before.Except(await SilosAsync(context, cancellation)).Count();
        findings.Require(falseDeaths == 0, $"{falseDeaths} silos were declared dead at a load of {load} for each core, and lived");
        List<double> recoveries = [];
        for (var kill = 0; kill < Kills; kill++)
        {
            var begin = Stopwatch.GetTimestamp();
            await KillSilo.KillAsync(context, traffic, $"silo-{(kill % 2) + 1}", cancellation);
            recoveries.Add(traffic.Calls.Where(call => call.Begin + (long)(call.Latency.TotalSeconds * Stopwatch.Frequency) >= begin).Longest.TotalSeconds);
        }
        await context.CheckAsync(traffic, findings, cancellation);
        Errors.RequireNone(traffic.Calls, findings);
        var row = $"load {load} for each of {Environment.ProcessorCount} cores: {falseDeaths} false deaths in {minutes} min, " +
            $"longest call around each kill -9 {string.Join(", ", recoveries.Select(seconds => $"{seconds:F1} s"))} (undisturbed {traffic.Undisturbed.Longest.TotalSeconds:F1} s), " +
            $"{traffic.Calls}";
        context.Note(row);
        return row;
    }

    private static async Task<IReadOnlyList<(string Name, int Pid)>> SilosAsync(ScenarioContext context, CancellationToken cancellation) =>
        [.. (await context.Cluster.StatusAsync(cancellation)).Where(instance => instance.Name.StartsWith("silo", StringComparison.Ordinal)).Select(silo => (silo.Name, silo.Pid))];
}
