using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using Granary.Scenarios.Clients;
using Granary.Scenarios.Cluster;
using Granary.Scenarios.Load;
using Granary.Scenarios.Results;

namespace Granary.Scenarios.Cases;

/// <summary>
/// Mixed operations of many tenants against a backend that fails in every way: no tenant sees another's datum, every failure has a code, and the
/// memory stays where it was. Then one tenant's backend answers in 30 s, and the others hardly notice.
/// </summary>
internal sealed class InstanaStorm : Scenario
{
    private const int Tenants = 24;
    private const int Concurrency = 16;
    private const double Rate = 40;
    private const int Waiting = 12;
    private const int CallsToCompare = 150;
    private const double MostChange = 1.10;
    private const double MostGrowth = 1.05;
    private const string Mine = """{"operation":"get_event","params":{"event_id":"mine"}}""";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(180);
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(5);

    /// <summary>Each with what must come: an answer, or a refusal before any request.</summary>
    private static readonly (string Tool, string Arguments, bool IsWrong)[] Operations =
    [
        ("manage_events", Mine, false),
        ("manage_events", """{"operation":"get_events","params":{"time_range":"last 2 hours"}}""", false),
        ("application_insights", """{"application_name":"Robot Shop"}""", false),
        ("manage_applications", """{"resource_type":"resources","operation":"get_services","params":{"page_size":5}}""", false),
        ("manage_events", Mine, false),
        ("manage_applications", """{"resource_type":"metrics","operation":"get_grouped_calls_metrics","params":{"time_range":"10m"}}""", false),
        ("manage_applications", """{"resource_type":"catalog","operation":"get_metric_catalog"}""", false),
        ("manage_slo", """{"resource_type":"configuration","operation":"get_all"}""", false),
        ("manage_events", """{"operation":"get_events","params":{"colour":"red"}}""", true),
        ("manage_releases", """{"operation":"get_all_releases","params":{"time_range":"last 6 hours"}}""", false),
        ("manage_websites", """{"resource_type":"analyze","operation":"get_beacons","params":{"beacon_type":"pageLoad","time_range":"10m"}}""", false),
        ("manage_synthetics", """{"resource_type":"settings","operation":"get_synthetic_tests"}""", false),
        ("manage_logs", """{"params":{"retrieval_size":5,"time_range":"10m"}}""", false),
        ("manage_infrastructure", """{"resource_type":"resources","operation":"get_snapshots","params":{"plugin":"host"}}""", false),
    ];

    public override string Name => "instana-storm";

    public override async Task<string> RunAsync(ScenarioContext context, Findings findings, CancellationToken cancellation)
    {
        var agents = await context.AgentsAsync(Enumerable.Range(0, Tenants), cancellation);
        using var steering = new HttpClient { BaseAddress = context.Cluster.Simulator };
        try
        {
            foreach (var agent in agents)
                await FaultAsync(steering, new { fault = "status", status = 200, body = Datum(agent.Tenant), token = agent.Tenant, path = "/api/events/mine", count = int.MaxValue }, cancellation);
            await MakeStormAsync(steering, cancellation);

            var storm = new Storm();
            var memory = new ConcurrentQueue<(TimeSpan At, string Name, long Bytes)>();
            await RunStormAsync(context, agents, storm, memory, TimeSpan.FromMinutes(context.Long ? 10 : 0.5), cancellation);
            foreach (var problem in storm.Problems.Take(20))
                findings.Add(problem);
            findings.Require(storm.Problems.Count <= 20, $"and {storm.Problems.Count - 20} more");
            findings.Require(storm.Mine > 0, "no tenant read its own datum");
            findings.Require(storm.Failed > 0, "no fault was met");
            findings.Require(!await HasUnforeseenAsync(context.Cluster, cancellation), "a log tells of an Instana call that failed unexpectedly");
            var growth = Growth(context, memory);
            if (context.Long)
            {
                foreach (var (name, times) in growth.Where(one => one.Value > MostGrowth))
                    findings.Add($"{name} grew to {times:F2} times its memory after the first minute");
            }

            await steering.DeleteAsync(new Uri("/simulator/faults", UriKind.Relative), cancellation);
            var ratios = await SlowBackendAsync(context, agents, steering, cancellation);
            var ratio = Median(ratios);
            findings.Require(!context.Long || ratio <= MostChange, $"the others' p99 became {ratio:F2} times what it was beside a backend that takes 30 s");
            return $"{storm.Done} calls, {storm.Failed} with a code for what the backend did, {storm.Mine} read their own datum and none another's; "
                + $"p99 beside a backend of 30 s times {ratio:F2} ({ratios.Min():F2} to {ratios.Max():F2})"
                + (growth.Count == 0 ? "" : $"; memory times {growth.Values.Min():F2} to {growth.Values.Max():F2}");
        }
        finally
        {
            await steering.DeleteAsync(new Uri("/simulator/faults", UriKind.Relative), CancellationToken.None);
            foreach (var agent in agents)
                agent.Dispose();
        }
    }

    /// <summary>Not the tenant's own name: that is its token here, which no answer may show.</summary>
    private static string Unit(string tenant) => "unit " + tenant[^3..];

    private static string Datum(string tenant) => $$"""{"eventId":"mine","type":"issue","problem":"datum of {{Unit(tenant)}}","start":1760000000000,"state":"open","severity":5}""";

    private static async Task MakeStormAsync(HttpClient steering, CancellationToken cancellation)
    {
        const int Always = int.MaxValue;
        await FaultAsync(steering, new { fault = "slow", delay_ms = 400, probability = 0.03, count = Always }, cancellation);
        await FaultAsync(steering, new { fault = "unavailable", probability = 0.02, count = Always }, cancellation);
        await FaultAsync(steering, new { fault = "drop", probability = 0.01, count = Always }, cancellation);
        await FaultAsync(steering, new { fault = "half_body", probability = 0.01, count = Always }, cancellation);
        await FaultAsync(steering, new { fault = "error_page", probability = 0.01, count = Always }, cancellation);
        await FaultAsync(steering, new { fault = "login_page", probability = 0.01, count = Always }, cancellation);
        await FaultAsync(steering, new { fault = "redirect", probability = 0.01, count = Always }, cancellation);
        await FaultAsync(steering, new { fault = "too_many_requests", retry_after = 1, probability = 0.01, count = Always }, cancellation);
    }

    private static async Task FaultAsync(HttpClient steering, object fault, CancellationToken cancellation)
    {
        using var answer = await steering.PostAsJsonAsync(new Uri("/simulator/faults", UriKind.Relative), fault, cancellation);
        if (!answer.IsSuccessStatusCode)
            throw new ScenarioException($"the simulator does not take a fault: {await answer.Content.ReadAsStringAsync(cancellation)}");
    }

    private static async Task RunStormAsync(
        ScenarioContext context, Agent[] agents, Storm storm, ConcurrentQueue<(TimeSpan, string, long)> memory, TimeSpan length, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var pace = new Pace(Rate);
        var work = Enumerable.Range(0, Concurrency).Select(_ => Task.Run(() => WorkAsync(agents, pace, storm, stop.Token), CancellationToken.None)).ToList();
        var begin = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begin) < length)
        {
            await Task.Delay(Look, TimeProvider.System, cancellation);
            foreach (var instance in await context.Cluster.StatusAsync(cancellation))
            {
                if (instance.Pid > 0 && (instance.Name.StartsWith("gateway", StringComparison.Ordinal) || instance.Name.StartsWith("silo", StringComparison.Ordinal)))
                    memory.Enqueue((Stopwatch.GetElapsedTime(begin), instance.Name, Resident(instance.Pid)));
            }
        }
        await stop.CancelAsync();
        await Task.WhenAll(work);
        context.Note($"storm: {storm.Done} calls, {storm.Failed} failed with a code: {string.Join(", ", storm.Codes.OrderBy(code => code.Key, StringComparer.Ordinal).Select(code => $"{code.Key} {code.Value}"))}");
    }

    private static async Task WorkAsync(Agent[] agents, Pace pace, Storm storm, CancellationToken stop)
    {
        while (true)
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
            var agent = agents[number % agents.Length];
            var (tool, arguments, isWrong) = Operations[((number / agents.Length) + number) % Operations.Length];
            storm.Judge(agent.Tenant, tool, arguments, isWrong, await agent.CallAsync(tool, arguments, Patience, CancellationToken.None));
        }
    }

    /// <summary>The others' p99 beside a tenant whose calls hang, over their p99 without it, pair by pair.</summary>
    private static async Task<List<double>> SlowBackendAsync(ScenarioContext context, Agent[] agents, HttpClient steering, CancellationToken cancellation)
    {
        var (slow, others) = (agents[0], agents[1..]);
        await FaultAsync(steering, new { fault = "slow", delay_ms = 30_000, token = slow.Tenant, count = int.MaxValue }, cancellation);
        var ratios = new List<double>();
        var rounds = context.Long ? 20 : 4;
        await P99Async(others, cancellation);
        for (var round = 0; round < rounds || (context.Long && round < rounds * 2 && Median(ratios) > MostChange); round++)
        {
            var alone = await P99Async(others, cancellation);
            using var giveUp = new CancellationTokenSource();
            var hanging = Enumerable.Range(0, Waiting).Select(i => HangAsync(slow, i, giveUp.Token)).ToList();
            var beside = await P99Async(others, cancellation);
            await giveUp.CancelAsync();
            await Task.WhenAll(hanging);
            ratios.Add(beside / alone);
            context.Note($"p99 of the others: {alone * 1e3:F1} ms alone, {beside * 1e3:F1} ms beside {Waiting} calls to a backend that takes 30 s");
        }
        return ratios;
    }

    /// <summary>Each asks for something else, for equal reads under way would be one request.</summary>
    private static async Task HangAsync(Agent slow, int number, CancellationToken giveUp)
    {
        try
        {
            while (true)
                await slow.CallAsync("manage_events", $$$"""{"operation":"get_event","params":{"event_id":"slow-{{{number}}}"}}""", Patience, giveUp);
        }
        catch (OperationCanceledException)
        {
            // The round is over.
        }
    }

    private static async Task<double> P99Async(Agent[] agents, CancellationToken cancellation)
    {
        var pace = new Pace(Rate);
        var latencies = new ConcurrentBag<double>();
        await Parallel.ForEachAsync(Enumerable.Range(0, CallsToCompare), new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellation }, async (_, token) =>
        {
            var number = await pace.NextAsync(token);
            var begin = Stopwatch.GetTimestamp();
            await agents[number % agents.Length].CallAsync("manage_events", """{"operation":"get_events","params":{"time_range":"last 2 hours","max_events":2}}""", Patience, token);
            latencies.Add(Stopwatch.GetElapsedTime(begin).TotalSeconds);
        });
        var sorted = latencies.Order().ToList();
        return sorted[(int)Math.Ceiling(sorted.Count * 0.99) - 1];
    }

    private static async Task<bool> HasUnforeseenAsync(LocalCluster cluster, CancellationToken cancellation)
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(cluster.Folder, "logs"), "*.log"))
        {
            await foreach (var line in File.ReadLinesAsync(file, cancellation))
            {
                if (line.Contains("failed unexpectedly", StringComparison.Ordinal))
                    return true;
            }
        }
        return false;
    }

    /// <summary>By process, how many times its memory of the second minute the last minute had.</summary>
    private static Dictionary<string, double> Growth(ScenarioContext context, ConcurrentQueue<(TimeSpan At, string Name, long Bytes)> memory)
    {
        var growth = new Dictionary<string, double>();
        var end = memory.Max(sample => sample.At);
        foreach (var one in memory.GroupBy(sample => sample.Name))
        {
            var early = one.Where(sample => sample.At > TimeSpan.FromMinutes(1) && sample.At <= TimeSpan.FromMinutes(2)).Select(sample => (double)sample.Bytes).ToList();
            var late = one.Where(sample => sample.At > end - TimeSpan.FromMinutes(1)).Select(sample => (double)sample.Bytes).ToList();
            context.Note($"memory of {one.Key}: {string.Join(' ', one.Select(sample => sample.Bytes >> 20))} MiB");
            if (early.Count > 0)
                growth[one.Key] = Median(late) / Median(early);
        }
        return growth;
    }

    private static long Resident(int pid)
    {
        try
        {
            var line = File.ReadLines($"/proc/{pid}/status").First(text => text.StartsWith("VmRSS:", StringComparison.Ordinal));
            return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) * 1024;
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static double Median(List<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }

    /// <summary>What came of the calls.</summary>
    private sealed class Storm
    {
        private int _done;
        private int _failed;
        private int _mine;

        public ConcurrentQueue<string> Problems { get; } = new();

        public ConcurrentDictionary<string, int> Codes { get; } = new();

        public int Done => _done;

        public int Failed => _failed;

        public int Mine => _mine;

        public void Judge(string tenant, string tool, string arguments, bool isWrong, Answer answer)
        {
            Interlocked.Increment(ref _done);
            var what = $"{tool} {arguments} of {tenant}";
            if (isWrong)
            {
                if (answer.Kind != AnswerKind.ToolError || answer.Message?.Contains("is not a parameter", StringComparison.Ordinal) != true)
                    Problems.Enqueue($"{what} was not refused: {answer}");
                return;
            }
            if (answer.Kind == AnswerKind.ToolError && answer.Code is not (null or "unavailable" or "internal"))
            {
                Interlocked.Increment(ref _failed);
                Codes.AddOrUpdate(answer.Code, 1, (_, count) => count + 1);
            }
            else if (answer.Kind != AnswerKind.Success)
            {
                Problems.Enqueue($"{what}: {answer}");
            }
            else if (arguments == InstanaStorm.Mine)
            {
                var text = answer.Content.GetRawText();
                if (text.Contains($"datum of {Unit(tenant)}\"", StringComparison.Ordinal))
                    Interlocked.Increment(ref _mine);
                else
                    Problems.Enqueue($"{what} brought another's datum: {text}");
            }
        }
    }
}
