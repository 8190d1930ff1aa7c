using Granary.Bench.Mcp;
using Granary.Bench.Processes;
using Granary.Bench.Reports;
using Granary.Bench.Setup;
using Granary.Bench.Shapes;

namespace Granary.Bench.Scenarios;

/// <summary>What traces cost a call: every one kept, one in a hundred, and none, side by side.</summary>
internal sealed class TraceScenario : BenchScenario
{
    private const int Connections = 16;
    private const double MaxCost = 10;

    public override string Name => "trace";

    public override string Title => "CPU per tools/call with traces on";

    public override IEnumerable<string> Projects(BenchOptions options) => options.Tools is null ? ["Conformance.Tests"] : [];

    public override async Task RunAsync(BenchContext context, Section section, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("granary-bench-").FullName;
        try
        {
            await MeasureAsync(context, section, folder, cancellation);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task MeasureAsync(BenchContext context, Section section, string folder, CancellationToken cancellation)
    {
        var options = context.Options;
        await using var collector = await ServerProcess.StartAsync(Layout.Self, port => ["--floor", $"{port}"], 1, cancellation);
        (string, string)[] exporting = [("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", $"http://127.0.0.1:{collector.Port}/v1/traces"), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")];
        await using var off = await StartAsync("off");
        await using var all = await StartAsync("all", exporting);
        await using var few = await StartAsync("few", [.. exporting, ("OTEL_TRACES_SAMPLER", "parentbased_traceidratio"), ("OTEL_TRACES_SAMPLER_ARG", "0.01")]);
        CallVariant[] variants = [Variant("off", off), Variant("every call", all), Variant("one call in 100", few)];
        await CallVariant.MeasureAsync(variants, options, cancellation);
        Report(section, variants, options.Tool);

        // Three gateways need three data folders.
        Task<ServerProcess> StartAsync(string name, params (string, string)[] environment) =>
            context.StartToolsAsync(cancellation, [("GRANARY_DATA", Path.Combine(folder, name)), .. environment]);

        CallVariant Variant(string name, ServerProcess server) => new(name, server, BenchToolCall.Modern(options.Tool, "{}"), EchoesId: true, Connections);
    }

    private static void Report(Section section, CallVariant[] variants, string tool)
    {
        section.Paragraph(
            $"`tools/call` of `{tool}`, {Connections} connections, closed loop. One span a call, exported by OTLP over HTTP to a collector on the other core; the exporter's own work counts.");
        section.Table(
            ["traces kept", "CPU µs/request", "requests/s", "p50 µs", "p99 µs"],
            variants.Select(v => v.Row()));
        section.Targets(variants[1..].Select(variant =>
        {
            var cost = variant.Cpu.Median - variants[0].Cpu.Median;
            return new Target($"{variant.Name}: CPU beyond off", $"≤ {MaxCost} µs", $"{cost:F1}", cost <= MaxCost);
        }));
    }
}
