using System.Net.Http.Json;
using Granary.Bench.Mcp;
using Granary.Bench.Processes;
using Granary.Bench.Reports;
using Granary.Bench.Setup;
using Granary.Bench.Shapes;
using Granary.Mcp.Client;

namespace Granary.Bench.Scenarios;

/// <summary>Memory of a gateway in which ten thousand Instana calls wait for a backend that does not answer, each on a connection of its own.</summary>
internal sealed class InstanaWaitingScenario : BenchScenario
{
    private const int Calls = 10_000;

    /// <summary>So many credentials: some calls of each are at the backend, the others wait for their turn.</summary>
    private const int Credentials = 200;

    /// <summary>So many arrive at once.</summary>
    private const int Arrivals = 250;

    private const double Megabyte = 1024 * 1024;

    private const double MaxResident = 300;

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(2);

    public override string Name => "instana-waiting";

    public override string Title => "Memory of ten thousand waiting Instana calls";

    public override IEnumerable<string> Projects(BenchOptions options) => ["Gateway", "Simulator"];

    public override async Task RunAsync(BenchContext context, Section section, CancellationToken cancellation)
    {
        var (idle, waiting) = (new Sample(), new Sample());
        // When the collector runs decides over some megabytes, so each repeat has a gateway of its own.
        for (var repeat = 0; repeat < context.Options.Repeats; repeat++)
            await MeasureAsync(context, idle, waiting, cancellation);
        Report(section, idle, waiting);
    }

    private static async Task MeasureAsync(BenchContext context, Sample idle, Sample waiting, CancellationToken cancellation)
    {
        await using var backend = await context.StartSimulatorAsync(null, cancellation);
        var address = $"http://127.0.0.1:{backend.Port}";
        var folder = context.Layout.NewDataFolder();
        try
        {
            (string, string)[] environment =
            [
                ("GRANARY_MAX_CALLS_PER_TENANT", $"{2 * Calls}"), ("GRANARY_MAX_CALLS_PER_KEY", $"{2 * Calls}"), ("GRANARY_MAX_CONNECTIONS", $"{2 * Calls}"),
                ("GRANARY_CALL_TIMEOUT", "600"),
            ];
            await using var gateway = await context.StartGatewayAsync(folder, null, cancellation, environment: environment, more: ["--allowed-backends", address]);
            await Task.Delay(Look, TimeProvider.System, cancellation);
            idle.Add(ProcStat.ResidentBytes(gateway.Pid) / Megabyte);
            using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 2 * Calls }) { Timeout = Timeout.InfiniteTimeSpan };
            using var slow = await http.PostAsJsonAsync($"{address}/simulator/faults", new { fault = "slow", delay_ms = 600_000, count = 1_000_000 }, cancellation);
            slow.EnsureSuccessStatusCode();
            using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            var calls = await SendAsync(http, gateway, address, enough.Token);
            waiting.Add(await SettledAsync(gateway, calls, cancellation) / Megabyte);
            await enough.CancelAsync();
            await Task.WhenAll(calls).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // So many at a time: what thousands cost that connect in the same moment is not what they cost while they wait.
    private static async Task<List<Task>> SendAsync(HttpClient http, ServerProcess gateway, string address, CancellationToken cancellation)
    {
        var clients = Enumerable.Range(0, Credentials).Select(i => new McpClient(http, new Uri($"http://127.0.0.1:{gateway.Port}/mcp"), BenchToolCall.Client)
        {
            Always = [("instana-base-url", address), ("instana-api-token", $"bench-{i}")],
        }).ToArray();
        var end = TimeProvider.System.GetUtcNow().AddDays(-2).ToUnixTimeMilliseconds();
        var calls = new List<Task>(Calls);
        while (calls.Count < Calls)
        {
            for (var until = calls.Count + Arrivals; calls.Count < until;)
                calls.Add(CallAsync(clients[calls.Count % Credentials], end - calls.Count, cancellation));
            while (Descriptors(gateway) < calls.Count)
                await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, cancellation);
        }
        return calls;
    }

    // Equal reads under way are one request, so each asks for another window.
    private static async Task CallAsync(McpClient client, long end, CancellationToken cancellation)
    {
        var answer = await client.CallAsync("manage_events", $$$"""{"operation":"get_events","params":{"windowSize":600000,"to":{{{end}}}}}""", null, cancellation);
        throw new BenchException($"A call was answered that was to wait: {answer}");
    }

    private static int Descriptors(ServerProcess gateway) => Directory.GetFiles($"/proc/{gateway.Pid}/fd").Length;

    // Each call has its connection, none has ended, and two looks at the memory see the same.
    private static async Task<double> SettledAsync(ServerProcess gateway, List<Task> calls, CancellationToken cancellation)
    {
        for (long before = 0; ;)
        {
            await Task.Delay(Look, TimeProvider.System, cancellation);
            if (calls.FirstOrDefault(call => call.IsCompleted) is { } ended)
                await ended;
            var (now, sockets) = (ProcStat.ResidentBytes(gateway.Pid), Descriptors(gateway));
            Progress.Say($"{sockets} descriptors, {now / Megabyte:F0} MB");
            if (sockets >= Calls && Math.Abs(now - before) < Megabyte)
                return now;
            before = now;
        }
    }

    private static void Report(Section section, Sample idle, Sample waiting)
    {
        section.Paragraph($"{Calls:N0} calls of `manage_events get_events` under {Credentials} credentials, one on each connection (HTTP/1.1), {Arrivals} of them arriving at once, "
            + "while the backend answers nothing; resident memory once it stands still, of a new gateway in each repeat. Not pinned.");
        section.Table(
            ["", "resident, MB"],
            [["idle", idle.Show("F0")], ["with the calls waiting", waiting.Show("F0")], ["for each call", $"{(waiting.Median - idle.Median) / Calls:F4}"]]);
        section.Targets([new("resident with the calls waiting", $"≤ {MaxResident} MB", $"{waiting.Show("F0")} MB", waiting.Median <= MaxResident)]);
    }
}
