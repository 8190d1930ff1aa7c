using Granary.Bench.Mcp;
using Granary.Bench.Processes;
using Granary.Bench.Reports;
using Granary.Bench.Setup;
using Granary.Bench.Shapes;

namespace Granary.Bench.Scenarios;

/// <summary>What a <c>tools/call</c> costs beyond HTTP: a stub tool in both eras, beside a server that only returns the same bytes.</summary>
internal sealed class CallScenario : BenchScenario
{
    private const int Connections = 16;
    private const double MaxCpu = 60;
    private const double MaxRatio = 2.5;

    public override string Name => "call";

    public override string Title => "CPU per tools/call of a stub tool";

    public override IEnumerable<string> Projects(BenchOptions options) => options.Tools is null ? ["Conformance.Tests"] : [];

    public override async Task RunAsync(BenchContext context, Section section, CancellationToken cancellation)
    {
        var options = context.Options;
        await using var gateway = await context.StartToolsAsync(cancellation);
        await using var floor = await ServerProcess.StartAsync(Layout.Self, port => ["--floor", $"{port}"], 0, cancellation);
        var session = await PrimeAsync(options.Tool, gateway, floor, cancellation);

        CallVariant[] variants =
        [
            new("gateway, 2026-07-28", gateway, BenchToolCall.Modern(options.Tool, "{}"), EchoesId: true, Connections),
            new("floor, same bytes", floor, BenchToolCall.Modern(options.Tool, "{}", "/floor/modern"), EchoesId: false, Connections),
            new("gateway, 2025-11-25", gateway, BenchToolCall.Legacy(session, options.Tool, "{}"), EchoesId: true, Connections),
            new("floor, same bytes", floor, BenchToolCall.Legacy(session, options.Tool, "{}", "/floor/legacy"), EchoesId: false, Connections),
            new("floor that scans the request's JSON (2026-07-28)", floor, BenchToolCall.Modern(options.Tool, "{}", "/scan/modern"), EchoesId: false, Connections),
        ];
        await CallVariant.MeasureAsync(variants, options, cancellation);
        Report(section, variants, options.Tool);
    }

    // The floor returns what the gateway returned just now; the id in it has as many digits as any.
    private static async Task<string> PrimeAsync(string tool, ServerProcess gateway, ServerProcess floor, CancellationToken cancellation)
    {
        using var client = new GatewayClient(gateway.Port);
        using var floorClient = new GatewayClient(floor.Port);
        var session = await client.InitializeAsync(cancellation);
        var modern = await client.CallAsync(tool, "{}", cancellation);
        var legacy = await client.CallAsync(session, tool, "{}", cancellation);
        await floorClient.PrimeAsync("modern", modern, cancellation);
        await floorClient.PrimeAsync("legacy", legacy, cancellation);
        return session;
    }

    private static void Report(Section section, CallVariant[] variants, string tool)
    {
        section.Paragraph($"`tools/call` of `{tool}`, {Connections} connections, closed loop, one request in flight on each.");
        section.Table(
            ["server", "CPU µs/request", "requests/s/core", "requests/s", "p50 µs", "p99 µs"],
            variants.Select(v => new[]
            {
                v.Name, v.Cpu.Show("F1"), $"{1e6 / v.Cpu.Median:F0}", v.Rate.Show("F0"), v.P50.Show("F0"), v.P99.Show("F0"),
            }));
        section.Targets(Targets("2026-07-28", variants[0], variants[1]).Concat(Targets("2025-11-25", variants[2], variants[3])));
    }

    private static IEnumerable<Target> Targets(string revision, CallVariant gateway, CallVariant floor)
    {
        var ratio = gateway.Cpu.Over(floor.Cpu);
        yield return new Target($"{revision}: CPU per call", $"≤ {MaxCpu} µs", gateway.Cpu.Show("F1"), gateway.Cpu.Median <= MaxCpu);
        yield return new Target($"{revision}: times the floor", $"≤ {MaxRatio}", ratio.Show("F2"), ratio.Median <= MaxRatio);
    }
}
