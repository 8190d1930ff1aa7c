using Granary.Mcp.Client;
using Granary.Scenarios.Clients;
using Granary.Scenarios.Cluster;
using Granary.Scenarios.Load;
using Granary.Scenarios.Results;

namespace Granary.Scenarios.Cases;

/// <summary>A tenant with 20 times the others' load meets its bound, and the others hardly notice.</summary>
internal class NoisyTenant : Scenario
{
    private const int Others = 40;
    private const int Times = 20;
    private const int Burst = 25;
    private const double MostChange = 1.10;
    private const int CallsToCompare = 150;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(180);

    public override string Name => "noisy-tenant";

    public override ProcessSettings Settings => new ProcessSettings().WithAll("GRANARY_MAX_CALLS_PER_TENANT", "8");

    /// <summary>What the others do.</summary>
    protected virtual LoadPlan Plan => new() { Rate = 60, Streams = 10 };

    /// <summary>How much the one asks for, where all others ask for 1.</summary>
    protected virtual double Share => (double)Times / Others;

    /// <summary>How often both are compared in the short form.</summary>
    protected virtual int Rounds => 6;

    /// <summary>The clients of the others, each as often as it has a turn.</summary>
    protected virtual async Task<IReadOnlyList<Agent>> OthersAsync(ScenarioContext context, CancellationToken cancellation) =>
        await context.AgentsAsync(Enumerable.Range(1, Others), cancellation);

    public override async Task<string> RunAsync(ScenarioContext context, Findings findings, CancellationToken cancellation)
    {
        var agents = await OthersAsync(context, cancellation);
        using var loud = await context.AgentAsync(0, Era.Modern, cancellation);
        await loud.CallAsync("init_vault", """{"vault_path":"loud"}""", Patience, cancellation);
        var traffic = await context.StartLoadAsync(Plan, agents, cancellation);
        var (ratios, answers) = (new List<double>(), new List<Answer>());
        var rounds = context.Long ? 20 : Rounds;
        // Another look before a verdict: this is about a tenth, and a machine has moods. The short form tells the figure and passes no verdict on it.
        for (var round = 0; round < rounds || (context.Long && round < rounds * 2 && Median(ratios) > MostChange); round++)
        {
            var quiet = await P99Async(traffic, cancellation);
            using var stop = new CancellationTokenSource();
            var noise = MakeNoiseAsync(loud, traffic.Plan.Rate * Share, answers, stop.Token);
            var noisy = await P99Async(traffic, cancellation);
            await stop.CancelAsync();
            await noise;
            ratios.Add(noisy / quiet);
            context.Note($"p99 of the others: {quiet * 1e3:F1} ms alone, {noisy * 1e3:F1} ms beside the noise");
        }
        await context.CheckAsync(traffic, findings, cancellation);

        var busy = answers.Where(a => a.Code == "busy").ToList();
        var wrong = answers.Where(a => a.Kind != AnswerKind.Success && a.Code != "busy").ToList();
        findings.Require(busy.Count > 0, $"the noisy tenant never met its bound; of its {answers.Count} calls {wrong.Count} failed: {wrong.FirstOrDefault()}");
        findings.Require(busy.TrueForAll(a => a.RetryAfter > TimeSpan.Zero), "a busy error has no advice when to try again");
        findings.Require(wrong.Count == 0, $"{wrong.Count} of its calls failed otherwise, first: {wrong.FirstOrDefault()}");
        findings.Require(traffic.Calls.Failed.Count == 0, $"{traffic.Calls.Failed.Count} calls of the others failed, first: {traffic.Calls.FirstFailure}");
        findings.Require(
            !context.Long || Median(ratios) <= MostChange,
            $"the others' p99 became {Median(ratios):F2} times what it was (median of {ratios.Count} pairs)");
        return $"{busy.Count} of {answers.Count} calls busy, told to wait {busy.FirstOrDefault()?.RetryAfter?.TotalMilliseconds} ms; "
            + $"the others' p99 times {Median(ratios):F2} (median of {ratios.Count} pairs, {ratios.Min():F2} to {ratios.Max():F2})";
    }

    private static async Task<double> P99Async(Traffic traffic, CancellationToken cancellation)
    {
        var begin = System.Diagnostics.Stopwatch.GetTimestamp();
        await traffic.WaitForCallsAsync(CallsToCompare, cancellation);
        return traffic.Calls.Between(begin, long.MaxValue).Quantile(0.99).TotalSeconds;
    }

    // So many at once meet the bound.
    private static async Task MakeNoiseAsync(Agent agent, double rate, List<Answer> answers, CancellationToken stop)
    {
        var pace = new Pace(rate / Burst);
        try
        {
            while (true)
            {
                await pace.NextAsync(stop);
                answers.AddRange(await Task.WhenAll(Enumerable.Range(0, Burst).Select(_ => agent.CallAsync(
                    "append_event", """{"vault_path":"loud","event_type":"note","data":{"text":"the quick brown fox"}}""",
                    Patience, CancellationToken.None))));
            }
        }
        catch (OperationCanceledException)
        {
            // Quiet again.
        }
    }

    private static double Median(List<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}
