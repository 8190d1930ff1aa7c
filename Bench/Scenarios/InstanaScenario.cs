using Granary.Bench.Load;
using Granary.Bench.Mcp;
using Granary.Bench.Reports;
using Granary.Bench.Setup;
using Granary.Bench.Shapes;

namespace Granary.Bench.Scenarios;

/// <summary>What an Instana call costs beyond a stub tool's: events that are fetched each time, and a catalog from the cache. The backend is a process of its own.</summary>
internal sealed class InstanaScenario : BenchScenario
{
    /// <summary>Below the calls that one connection may have under way at once.</summary>
    private const int Connections = 8;

    private const double MaxEvents = 150;

    private const double MaxCatalog = 30;

    public override string Name => "instana";

    public override string Title => "CPU per call of an Instana tool";

    public override IEnumerable<string> Projects(BenchOptions options) => ["Gateway", "Simulator", .. options.Tools is null ? ["Conformance.Tests"] : Array.Empty<string>()];

    public override async Task RunAsync(BenchContext context, Section section, CancellationToken cancellation)
    {
        var options = context.Options;
        await using var stub = await context.StartToolsAsync(cancellation);
        await using var backend = await context.StartSimulatorAsync(1, cancellation);
        var address = $"http://127.0.0.1:{backend.Port}";
        var folder = context.Layout.NewDataFolder();
        try
        {
            await using var gateway = await context.StartGatewayAsync(folder, 0, cancellation, more: ["--allowed-backends", address]);
            // Equal reads under way are one request, so each asks for another ten minutes of the days before.
            var end = TimeProvider.System.GetUtcNow().AddDays(-2).ToUnixTimeMilliseconds() / 100_000_000;
            var events = "{\"operation\":\"get_events\",\"params\":{\"windowSize\":600000,\"to\":" + end + "{id}}}";
            CallVariant[] variants =
            [
                new("stub tool", stub, BenchToolCall.Modern(options.Tool, "{}"), EchoesId: true, Connections),
                new("manage_events get_events, ten minutes", gateway, Call(address, "manage_events", events), EchoesId: true, Connections),
                new("manage_applications get_metric_catalog, cached", gateway, Call(address, "manage_applications", """{"resource_type":"catalog","operation":"get_metric_catalog"}"""), EchoesId: true, Connections),
            ];
            await CallVariant.MeasureAsync(variants, options, cancellation);
            Report(section, variants);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static RequestTemplate Call(string address, string tool, string arguments) =>
        BenchToolCall.Modern(tool, arguments, [("instana-base-url", address), ("instana-api-token", "bench")]);

    private static void Report(Section section, CallVariant[] variants)
    {
        section.Paragraph($"2026-07-28, {Connections} connections, closed loop, one request in flight on each. The simulator runs beside the load generator on core 1; its CPU is not counted.");
        section.Table(
            ["call", "CPU µs/request", "beyond the stub, µs", "requests/s", "p50 µs", "p99 µs"],
            variants.Select(v => new[]
            {
                v.Name, v.Cpu.Show("F1"), $"{v.Cpu.Median - variants[0].Cpu.Median:F1}", v.Rate.Show("F0"), v.P50.Show("F0"), v.P99.Show("F0"),
            }));
        section.Targets([Beyond("an events call", variants[1], variants[0], MaxEvents), Beyond("a cached catalog", variants[2], variants[0], MaxCatalog)]);
    }

    private static Target Beyond(string what, CallVariant call, CallVariant stub, double limit)
    {
        var beyond = call.Cpu.Median - stub.Cpu.Median;
        return new Target($"CPU of {what} beyond the stub tool's", $"≤ {limit} µs", $"{beyond:F1} µs", beyond <= limit);
    }
}
