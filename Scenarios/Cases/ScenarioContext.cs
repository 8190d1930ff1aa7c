using System.Diagnostics;
using Granary.Mcp.Client;
using Granary.Scenarios.Checks;
using Granary.Scenarios.Clients;
using Granary.Scenarios.Cluster;
using Granary.Scenarios.Load;
using Granary.Scenarios.Results;
using Granary.Scenarios.Setup;

namespace Granary.Scenarios.Cases;

/// <summary>What a scenario works with.</summary>
internal sealed class ScenarioContext(Options options, LocalCluster cluster, IReadOnlyList<(string Name, string Key)> tenants, TextWriter details)
{
    private const int CallersToMeasure = 16;
    private const int CallsToMeasure = 300;
    private const int UndisturbedCalls = 200;

    private const int TimesUndisturbed = 20;
    private static readonly TimeSpan Floor = TimeSpan.FromSeconds(5);
    private static int _lastVault;

    private readonly Lock _details = new();

    /// <summary>Whether to run the full form.</summary>
    public bool Long => options.Long;

    /// <summary>The processes.</summary>
    public LocalCluster Cluster => cluster;

    /// <summary>The tenants and their keys.</summary>
    public IReadOnlyList<(string Name, string Key)> Tenants => tenants;

    /// <summary>
    /// The longest that a call may take while something breaks, on this machine as it is now: so many times the longest call of the undisturbed run, or the
    /// longest that a process took to start, and no less than what docs/adr/0055 promises beside four busy loops. A quiet machine's two seconds are a
    /// figure to report: a verdict on them would be one on the machine.
    /// </summary>
    public TimeSpan Limit(Traffic traffic) =>
        TimeSpan.FromTicks(new[] { Floor, traffic.Undisturbed.Longest * TimesUndisturbed, cluster.LongestStart }.Max(one => one.Ticks));

    /// <summary>Writes a line into the scenario's details.</summary>
    public void Note(string text)
    {
        lock (_details)
            details.WriteLine($"{TimeProvider.System.GetUtcNow():HH:mm:ss.fff} {text}");
    }

    /// <summary>A client of a tenant, with its session where its revision has one.</summary>
    public async Task<Agent> AgentAsync(int tenant, Era era, CancellationToken cancellation)
    {
        var agent = new Agent(tenants[tenant].Name, tenants[tenant].Key, era, cluster.Endpoint, cluster.Simulator);
        if (era == Era.Legacy)
            await agent.InitializeAsync(cancellation);
        return agent;
    }

    /// <summary>A client for each of some tenants, on both eras in turn.</summary>
    public Task<Agent[]> AgentsAsync(IEnumerable<int> of, CancellationToken cancellation) =>
        Task.WhenAll(of.Select((tenant, i) => AgentAsync(tenant, i % 2 == 0 ? Era.Modern : Era.Legacy, cancellation)));

    /// <summary>Starts load from all tenants on vaults of their own.</summary>
    public async Task<Traffic> StartLoadAsync(LoadPlan plan, CancellationToken cancellation) =>
        await StartLoadAsync(plan, await AgentsAsync(Enumerable.Range(0, tenants.Count), cancellation), cancellation);

    /// <summary>Starts load from some clients on fresh vaults.</summary>
    public async Task<Traffic> StartLoadAsync(LoadPlan plan, IReadOnlyList<Agent> agents, CancellationToken cancellation)
    {
        var most = await MeasureAsync(plan, agents, cancellation);
        var measured = plan with { Rate = Math.Min(plan.Rate, most * plan.Share) };
        var traffic = await Traffic.StartAsync(measured, agents, $"vault-{Interlocked.Increment(ref _lastVault)}", cancellation);
        Note($"load: {measured}, {agents.Count} clients, {traffic.Streams.Count} streams");
        await traffic.SettleAsync(UndisturbedCalls, cancellation);
        Note($"undisturbed: {traffic.Undisturbed}, the longest {traffic.Undisturbed.Longest.TotalMilliseconds:F0} ms");
        return traffic;
    }

    /// <summary>How many calls a second the cluster does now, on this machine, when each of a few clients calls as soon as it has its answer.</summary>
    private async Task<double> MeasureAsync(LoadPlan plan, IReadOnlyList<Agent> agents, CancellationToken cancellation)
    {
        var all = await Traffic.StartAsync(
            plan with { Rate = double.PositiveInfinity, Concurrency = CallersToMeasure, Streams = 0 }, [.. agents.Take(CallersToMeasure * 2)],
            $"vault-{Interlocked.Increment(ref _lastVault)}", cancellation);
        // The first calls to vaults that are just made say little.
        await all.WaitForCallsAsync(CallsToMeasure / 3, cancellation);
        var begin = Stopwatch.GetTimestamp();
        await all.WaitForCallsAsync(CallsToMeasure, cancellation);
        var rate = all.Calls.Between(begin, long.MaxValue).Records.Count / Stopwatch.GetElapsedTime(begin).TotalSeconds;
        await all.StopAsync();
        Note($"this machine does {rate:F0} calls a second now");
        return rate;
    }

    /// <summary>Ends a load and looks at everything it left; every contradiction goes to the findings.</summary>
    public async Task<Verdict> CheckAsync(Traffic traffic, Findings findings, CancellationToken cancellation)
    {
        await traffic.StopAsync();
        Note($"{traffic.Calls}");
        foreach (var failed in traffic.Calls.Failed)
            Note($"  {failed.Operation} of {failed.Tenant} after {failed.Latency.TotalMilliseconds:F0} ms: {failed.Answer}");
        var verdict = await Verdict.OnAsync(traffic, Limit(traffic), cancellation);
        foreach (var problem in verdict.Problems)
            findings.Add(problem);
        return verdict;
    }

    /// <summary>Waits for a while.</summary>
    public static Task PauseAsync(double seconds, CancellationToken cancellation) =>
        Task.Delay(TimeSpan.FromSeconds(seconds), TimeProvider.System, cancellation);
}
