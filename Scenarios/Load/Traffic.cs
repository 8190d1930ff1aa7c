using System.Collections.Concurrent;
using System.Diagnostics;
using Granary.Mcp.Client;
using Granary.Scenarios.Clients;
using Granary.Scenarios.Results;

namespace Granary.Scenarios.Load;

/// <summary>Load in the background: calls of every kind at a steady rate, and open streams.</summary>
internal sealed class Traffic
{
    private static readonly TimeSpan SetUpLimit = TimeSpan.FromSeconds(180);
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    /// <summary>No machine is so slow: calls that do not come after it will not come.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    /// <summary>Less than the time of a call, and more than anything else that ends one.</summary>
    private static readonly TimeSpan Bounded = TimeSpan.FromMinutes(2);

    private readonly ConcurrentQueue<CallRecord> _records = new();
    private readonly ConcurrentQueue<string> _problems = new();
    private readonly CancellationTokenSource _stopCalls = new();
    private readonly CancellationTokenSource _stopStreams = new();
    private readonly List<Task> _running = [];
    private readonly List<Task> _listening = [];

    private Traffic(LoadPlan plan, IReadOnlyList<Agent> agents, string vault)
    {
        Plan = plan;
        Clients = [.. agents.Select(a => new Client(a, vault, plan.CallLimit, _records, _problems))];
        Streams = [.. Listeners(agents, plan.Streams).Select(a => new VaultStream(a, vault))];
    }

    /// <summary>Every tenant's client.</summary>
    public IReadOnlyList<Client> Clients { get; }

    /// <summary>The open streams.</summary>
    public IReadOnlyList<VaultStream> Streams { get; }

    /// <summary>What came of the calls so far.</summary>
    public Calls Calls => new([.. _records]);

    /// <summary>What came of the calls before anything was done to the cluster: what later ones are compared with.</summary>
    public Calls Undisturbed { get; private set; } = new([]);

    /// <summary>What was planned.</summary>
    public LoadPlan Plan { get; }

    /// <summary>What a client found wrong in an answer that looked right.</summary>
    public IReadOnlyCollection<string> Problems => _problems;

    /// <summary>Makes a vault for each tenant, opens the streams and starts the calls.</summary>
    /// <param name="plan">What to do.</param>
    /// <param name="agents">The clients; several of one tenant share its vault.</param>
    /// <param name="vault">The name of their vaults.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public static async Task<Traffic> StartAsync(LoadPlan plan, IReadOnlyList<Agent> agents, string vault, CancellationToken cancellation)
    {
        var traffic = new Traffic(plan, agents, vault);
        await Parallel.ForEachAsync(traffic.Clients.DistinctBy(c => c.Agent.Tenant), cancellation, async (client, token) =>
        {
            var answer = await client.Agent.CallAsync("init_vault", $$"""{"vault_path":"{{vault}}"}""", SetUpLimit, token);
            if (answer.Kind != AnswerKind.Success)
                throw new ScenarioException($"init_vault of {client.Agent.Tenant}: {answer}");
        });
        foreach (var stream in traffic.Streams)
            traffic._listening.Add(Task.Run(() => stream.RunAsync(traffic._stopStreams.Token), CancellationToken.None));
        await Task.WhenAll(traffic.Streams.Select(s => s.Opened)).WaitAsync(SetUpLimit, cancellation);
        var pace = new Pace(plan.Rate);
        for (var i = 0; i < plan.Concurrency; i++)
            traffic._running.Add(Task.Run(() => traffic.WorkAsync(pace, traffic._stopCalls.Token), CancellationToken.None));
        return traffic;
    }

    /// <summary>Lets the load run undisturbed for so many calls, and keeps them as what is to be expected.</summary>
    public async Task SettleAsync(int calls, CancellationToken cancellation)
    {
        await WaitForCallsAsync(calls, cancellation);
        Undisturbed = Calls;
    }

    /// <summary>Waits until so many calls that begin from now on have succeeded.</summary>
    /// <exception cref="ScenarioException">They do not.</exception>
    public async Task WaitForCallsAsync(int calls, CancellationToken cancellation)
    {
        var begin = Stopwatch.GetTimestamp();
        int Done() => _records.Count(r => r.Begin >= begin && r.Succeeded);
        while (Done() < calls)
        {
            if (Stopwatch.GetElapsedTime(begin) > Longest)
                throw new ScenarioException($"only {Done()} of {calls} calls succeeded in {Longest.TotalMinutes:F0} minutes");
            await Task.Delay(Look, TimeProvider.System, cancellation);
        }
    }

    /// <summary>Waits until every call that is under way now has its answer, whatever it is.</summary>
    /// <exception cref="ScenarioException">One waits for longer than any reason there is but the end of its own time.</exception>
    public async Task WaitForAnswersAsync(CancellationToken cancellation)
    {
        var begin = Stopwatch.GetTimestamp();
        while (Clients.Count(client => client.WaitsSince(begin)) is var waiting and > 0)
        {
            if (Stopwatch.GetElapsedTime(begin) > Bounded)
                throw new ScenarioException($"{waiting} tenants' calls still have no answer after {Bounded.TotalMinutes:F0} minutes");
            await Task.Delay(Look, TimeProvider.System, cancellation);
        }
    }

    /// <summary>Ends the calls, each with its answer, and then the streams.</summary>
    public async Task StopAsync()
    {
        if (_stopStreams.IsCancellationRequested)
            return;
        await _stopCalls.CancelAsync();
        await Task.WhenAll(_running);
        await Task.Delay(Settling, TimeProvider.System, CancellationToken.None);
        await _stopStreams.CancelAsync();
        await Task.WhenAll(_listening);
    }

    // Both eras listen, three tenants on the newest revision for each one before it.
    private static IEnumerable<Agent> Listeners(IReadOnlyList<Agent> agents, int count) =>
        agents.Distinct().Where(a => a.Era == Era.Modern).Take(count * 3 / 4).Concat(agents.Distinct().Where(a => a.Era == Era.Legacy).Take(count / 4));

    private async Task WorkAsync(Pace pace, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            long number;
            try
            {
                number = await pace.NextAsync(stop);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            // Neighbouring turns are of different tenants and kinds, and over time every tenant makes every kind of call.
            var client = Clients[(int)(number % Clients.Count)];
            await ActAsync(client, (int)(((number / Clients.Count) + (number * 7)) % 20));
        }
    }

    // A call that was begun gets its answer, also at the end: an append that is given up on would leave the outcome open.
    private Task ActAsync(Client client, int kind) => kind switch
    {
        < 7 => client.AppendWithKeyAsync(CancellationToken.None),
        < 12 => client.AppendAsync(CancellationToken.None),
        < 15 => client.ReadAsync(CancellationToken.None),
        < 16 => client.VerifyAsync(CancellationToken.None),
        _ when Plan.Instana => client.InstanaAsync(CancellationToken.None),
        _ => client.ReadAsync(CancellationToken.None),
    };
}
