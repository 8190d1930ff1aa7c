using Granary.Bench.Load;
using Granary.Bench.Mcp;
using Granary.Bench.Processes;
using Granary.Bench.Reports;
using Granary.Bench.Setup;
using Granary.Bench.Shapes;

namespace Granary.Bench.Scenarios;

/// <summary>What it costs to have a gateway that nobody uses yet: time to start, memory, memory of idle sessions.</summary>
internal sealed class IdleScenario : BenchScenario
{
    private const int Starts = 10;
    private const int SessionRuns = 3;
    private const int WarmSessions = 300;
    private const int Sessions = 1_000;
    private const double Megabyte = 1024 * 1024;
    private const double MaxStart = 500;
    private const double MaxIdle = 85;
    private const double MaxGrowth = 4;

    private const int Connections = 16;

    private static readonly TimeSpan Load = TimeSpan.FromSeconds(5);
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
                // As a person starts it: on all cores.
                await using var gateway = await context.StartGatewayAsync(folder, null, cancellation);
                start.Add(gateway.StartTime.TotalMilliseconds);
                if (i < SessionRuns)
                    await MemoryAsync(gateway, idle, growth, cancellation);
                Progress.Say($"start {i + 1}: {gateway.StartTime.TotalMilliseconds:F0} ms");
            }
            Report(section, start, idle, growth);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task MemoryAsync(ServerProcess gateway, Sample idle, Sample growth, CancellationToken cancellation)
    {
        await Task.Delay(Settle, TimeProvider.System, cancellation);
        idle.Add(ProcStat.ResidentBytes(gateway.Pid) / Megabyte);
        // The first sessions pay for code and pools, which every gateway in use has; the next ones pay for themselves.
        var before = await AfterSessionsAsync(gateway, WarmSessions, cancellation);
        var after = await AfterSessionsAsync(gateway, Sessions, cancellation);
        growth.Add((after - before) / Megabyte);
    }

    // Load between the sessions and the look: it lets the collector run, so that both looks see a heap of the same shape, in which what
    // sessions keep alive shows and their garbage does not.
    private static async Task<long> AfterSessionsAsync(ServerProcess gateway, int count, CancellationToken cancellation)
    {
        using (var client = new GatewayClient(gateway.Port))
        {
            for (var i = 0; i < count; i++)
                await client.InitializeAsync(cancellation);
        }
        await new LoadGenerator(gateway).RunAsync([BenchToolCall.ModernList()], Connections, () => LoadBudget.For(Load), echoesId: true, cancellation);
        await Task.Delay(Settle, TimeProvider.System, cancellation);
        return ProcStat.ResidentBytes(gateway.Pid);
    }

    private static void Report(Section section, Sample start, Sample idle, Sample growth)
    {
        section.Paragraph($"Start: from just before the process is created to the first 200 from `/health`, {Starts} starts, not pinned. Memory: resident, "
            + $"{Settle.TotalSeconds} s after the start, of {SessionRuns} starts. Sessions: {Sessions} of revision 2025-11-25, "
            + $"opened and left, after {WarmSessions} that warm the code; {Load.TotalSeconds} s of `tools/list` under load before each look at the memory.");
        section.Targets(
        [
            new("start to healthy", $"≤ {MaxStart} ms", $"{start.Show("F0")} ms", start.Median <= MaxStart),
            new("resident when idle", $"≤ {MaxIdle} MB", $"{idle.Show("F1")} MB", idle.Median <= MaxIdle),
            new($"growth by {Sessions} idle sessions", $"≤ {MaxGrowth} MB", $"{growth.Show("F1")} MB", growth.Median <= MaxGrowth),
        ]);
    }
}
