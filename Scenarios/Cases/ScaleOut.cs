using System.Diagnostics;
using Granary.Scenarios.Load;
using Granary.Scenarios.Results;

namespace Granary.Scenarios.Cases;

/// <summary>
/// Two silos and a gateway more under load, and then less again. Vaults in use move to the new silos, the balancer takes the new gateway in, and no call fails.
/// </summary>
internal sealed class ScaleOut : Scenario
{
    private const int Before = 2;
    private const int After = 4;

    /// <summary>How long vaults may take to move: not how fast a machine is, but that it ends.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    public override string Name => "scale-out";

    public override string? NotFor(string shape) => SilosOnly(shape);

    public override async Task<string> RunAsync(ScenarioContext context, Findings findings, CancellationToken cancellation)
    {
        var traffic = await context.StartLoadAsync(new LoadPlan(), cancellation);
        await traffic.WaitForCallsAsync(context.Tenants.Count, cancellation);
        var vault = traffic.Clients[0].Vault;
        var first = await context.Cluster.VaultsAsync(vault, cancellation);
        context.Note($"before: {Describe(first)}");
        var begin = Stopwatch.GetTimestamp();
        await context.Cluster.ScaleAsync("silo", After, cancellation);
        await context.Cluster.ScaleAsync("gateway", Before + 1, cancellation);
        var now = await MovedAsync(context, vault, first.Count, cancellation);
        var waited = Stopwatch.GetElapsedTime(begin);
        var moves = now.Count(v => first.TryGetValue(v.Key, out var silo) && silo != v.Value);
        context.Note($"after {waited.TotalSeconds:F0} s: {Describe(now)}; {moves} moved");
        await traffic.WaitForCallsAsync(context.Tenants.Count, cancellation);
        var grown = traffic.Calls.Between(begin, long.MaxValue);
        await context.Cluster.ScaleAsync("gateway", Before, cancellation);
        await context.Cluster.ScaleAsync("silo", Before, cancellation);
        await traffic.WaitForCallsAsync(context.Tenants.Count, cancellation);
        var verdict = await context.CheckAsync(traffic, findings, cancellation);
        Errors.RequireNone(traffic.Calls, findings);
        findings.Require(moves > 0, "no vault in use has moved to a silo that came later");
        var moved = $"{moves} of {first.Count} vaults moved in {waited.TotalSeconds:F0} s, then {Describe(now)}";
        return $"{traffic.Calls}; {verdict.Events} events; {moved}; longest call meanwhile {grown.Longest.TotalMilliseconds:F0} ms";
    }

    /// <summary>Waits until each new silo has half of a fair share.</summary>
    private static async Task<IReadOnlyDictionary<string, string>> MovedAsync(ScenarioContext context, string vault, int vaults, CancellationToken cancellation)
    {
        var begin = Stopwatch.GetTimestamp();
        while (true)
        {
            var now = await context.Cluster.VaultsAsync(vault, cancellation);
            if (Enumerable.Range(Before + 1, After - Before).All(i => now.Count(v => v.Value == $"silo-{i}") >= vaults / After / 2))
                return now;
            if (Stopwatch.GetElapsedTime(begin) > Longest)
                throw new ScenarioException($"vaults in use do not move: {Describe(now)} after {Longest.TotalMinutes:F0} minutes");
            await ScenarioContext.PauseAsync(1, cancellation);
        }
    }

    private static string Describe(IReadOnlyDictionary<string, string> vaults) =>
        string.Join(", ", vaults.GroupBy(v => v.Value).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => $"{g.Key} {g.Count()}"));
}
