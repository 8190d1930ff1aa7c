using Granary.Bench.Load;
using Granary.Bench.Mcp;
using Granary.Bench.Processes;
using Granary.Bench.Reports;

namespace Granary.Bench.Scenarios;

/// <summary>What it costs to have a gateway that nobody uses yet: time to start, memory, memory of idle sessions.</summary>
internal sealed class IdleScenario : Scenario
{
    private const int Starts = 10;
    private const int SessionRuns = 3;
    private const int WarmSessions = 300;
    private const int Sessions = 1_000;
    private const double Megabyte = 1024 * 1024;
    private const double MaxStart = 1_000;
    private const double MaxIdle = 120;
    private const double MaxGrowth = 4;

    private const int WarmConnections = 16;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(5);

    public override string Name => "idle";

    public override string Title => "Start and idle memory";

    public override IEnumerable<string> Projects(BenchOptions options) => options.Gateway is null ? ["Gateway"] : [];

    public override async Task RunAsync(BenchContext context, Section section, CancellationToken cancellation)
    {
        var folder = context.Layout.NewDataFolder();
        try
        {
            var (start, idle, growth) = (new Sample(), new Sample(), new Sample());
            for (var i = 0; i < Starts; i++)
            {
                await using var gateway = await StartAsync(context, folder, cancellation);
                start.Add(gateway.StartTime.TotalMilliseconds);
                if (i < SessionRuns)
                    await MemoryAsync(gateway, idle, growth, cancellation);
                BenchContext.Say($"start {i + 1}: {gateway.StartTime.TotalMilliseconds:F0} ms");
            }
            Report(section, start, idle, growth);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // As a person starts it: on all cores.
    private static Task<ServerProcess> StartAsync(BenchContext context, string folder, CancellationToken cancellation) => ServerProcess.StartAsync(
        context.Layout.Gateway, port => ["--port", $"{port}", "--data", Path.Combine(folder, "vaults"), .. context.Options.ServerArguments], null, cancellation);

    private static async Task MemoryAsync(ServerProcess gateway, Sample idle, Sample growth, CancellationToken cancellation)
    {
        await Task.Delay(Settle, TimeProvider.System, cancellation);
        idle.Add(ProcStat.ResidentBytes(gateway.Pid) / Megabyte);
        // Until its heap has been collected a few times, a process grows with any work: that must not be counted as sessions. The first
        // sessions then pay for their code, the next ones for themselves.
        await new LoadGenerator(gateway).RunAsync([ToolCall.ModernList()], WarmConnections, () => LoadBudget.For(WarmUp), echoesId: true, cancellation);
        await OpenSessionsAsync(gateway.Port, WarmSessions, cancellation);
        var before = ProcStat.ResidentBytes(gateway.Pid);
        await OpenSessionsAsync(gateway.Port, Sessions, cancellation);
        growth.Add((ProcStat.ResidentBytes(gateway.Pid) - before) / Megabyte);
    }

    private static async Task OpenSessionsAsync(int port, int count, CancellationToken cancellation)
    {
        using (var client = new McpClient(port))
        {
            for (var i = 0; i < count; i++)
                await client.InitializeAsync(cancellation);
        }
        await Task.Delay(Settle, TimeProvider.System, cancellation);
    }

    private static void Report(Section section, Sample start, Sample idle, Sample growth)
    {
        section.Paragraph($"Start: from just before the process is created to the first 200 from `/health`, {Starts} starts, not pinned. Memory: resident, "
            + $"{Settle.TotalSeconds} s after the start, of {SessionRuns} starts. Sessions: {Sessions} of revision 2025-11-25, opened and left, after {WarmUp.TotalSeconds} s of `tools/list` under load and {WarmSessions} sessions that warm heap and code.");
        section.Targets(
        [
            new("start to healthy", $"≤ {MaxStart} ms", $"{start.Show("F0")} ms", start.Median <= MaxStart),
            new("resident when idle", $"≤ {MaxIdle} MB", $"{idle.Show("F1")} MB", idle.Median <= MaxIdle),
            new($"growth by {Sessions} idle sessions", $"≤ {MaxGrowth} MB", $"{growth.Show("F1")} MB", growth.Median <= MaxGrowth),
        ]);
    }
}
