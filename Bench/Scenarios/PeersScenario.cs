using Granary.Bench.Load;
using Granary.Bench.Mcp;
using Granary.Bench.Peers;
using Granary.Bench.Processes;
using Granary.Bench.Reports;
using Granary.Bench.Setup;
using Granary.Bench.Shapes;

namespace Granary.Bench.Scenarios;

/// <summary>
/// One stub tool behind the gateway, behind the C# SDK's server, behind the official TypeScript server and behind two gateways from npm, with a bare
/// Kestrel endpoint below them all; in turns, in both eras where a peer speaks both.
/// </summary>
internal sealed class PeersScenario : BenchScenario
{
    private const int Connections = 16;
    private const double MaxModern = 1.2;
    private const double MaxLegacy = 1.4;
    private const double AheadModern = 3;
    private const double AheadLegacy = 2;

    private readonly List<ServerProcess> _servers = [];
    private readonly List<CallVariant> _variants = [];
    private readonly List<string> _missing = [];

    public override string Name => "peers";

    public override string Title => "CPU per tools/call beside other servers";

    public override IEnumerable<string> Projects(BenchOptions options) => options.Tools is null ? ["Conformance.Tests"] : [];

    public override async Task RunAsync(BenchContext context, Section section, CancellationToken cancellation)
    {
        var folder = context.Layout.NewDataFolder();
        try
        {
            await StartAsync(context, folder, cancellation);
            var options = context.Options;
            foreach (var variant in _variants.ToArray())
                await WarmUpAsync(variant, options, cancellation);
            for (var repeat = 1; repeat <= options.Repeats; repeat++)
            {
                foreach (var variant in _variants)
                    variant.Record(await variant.RunAsync(options.ShortDuration, cancellation));
                Progress.Say($"repeat {repeat}: {string.Join(", ", _variants.Select(v => $"{v.Name} {v.Cpu.Median:F1} µs"))}");
            }
            Report(section, options.Tool);
        }
        finally
        {
            foreach (var server in _servers)
                await server.DisposeAsync();
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>One that answers a call and fails under load is not measured, and said to be so.</summary>
    private async Task WarmUpAsync(CallVariant variant, BenchOptions options, CancellationToken cancellation)
    {
        try
        {
            await WarmUp.RunAsync(async () => (await variant.RunAsync(options.WarmUp, cancellation)).CpuPerRequest);
        }
        catch (BenchException)
        {
            _variants.Remove(variant);
            _missing.Add($"{variant.Name}: it fails under load");
        }
    }

    private async Task StartAsync(BenchContext context, string folder, CancellationToken cancellation)
    {
        var tool = context.Options.Tool;
        var gateway = Add(await context.StartToolsAsync(cancellation));
        var floor = Add(await ServerProcess.StartAsync(Layout.Self, port => ["--floor", $"{port}"], 0, cancellation));
        await AddFloorAsync(gateway, floor, tool, cancellation);
        await AddBothAsync("Granary", gateway, tool, "{}", cancellation);
        var stateless = Add(await ServerProcess.StartAsync(Layout.Self, port => ["--sdk", $"{port}", "stateless", tool], 0, cancellation));
        await AddModernAsync("C# SDK 2.4.0, stateless", stateless, tool, "{}", cancellation);
        var sessions = Add(await ServerProcess.StartAsync(Layout.Self, port => ["--sdk", $"{port}", "sessions", tool], 0, cancellation));
        await AddBothAsync("C# SDK 2.4.0, both eras", sessions, tool, "{}", cancellation);
        var node = new NodePeers(context.Layout.Root);
        if (await node.InstallAsync(cancellation) is { } problem)
        {
            _missing.Add($"The peers from npm: {problem}");
            return;
        }
        await TryAsync("TypeScript server-everything 2026.8.31", () => node.StartEverythingAsync(cancellation), "echo", """{"message":"hello"}""", cancellation);
        await TryAsync(
            "mcp-proxy 6.7.19 (the proxy alone)", () => node.StartProxyAsync(context.Layout.Tools, Path.Combine(folder, "proxy"), cancellation), tool, "{}", cancellation);
        await TryAsync(
            "supergateway 4.0.0 (the proxy alone)",
            () => node.StartSupergatewayAsync(context.Layout.Tools, Path.Combine(folder, "supergateway"), cancellation), tool, "{}", cancellation);
    }

    private ServerProcess Add(ServerProcess server)
    {
        _servers.Add(server);
        return server;
    }

    // The floor returns what the gateway returned just now.
    private async Task AddFloorAsync(ServerProcess gateway, ServerProcess floor, string tool, CancellationToken cancellation)
    {
        using var client = new GatewayClient(gateway.Port);
        using var floorClient = new GatewayClient(floor.Port);
        var session = await client.InitializeAsync(cancellation);
        var modern = await client.CallAsync(tool, "{}", cancellation);
        var legacy = await client.CallAsync(session, tool, "{}", cancellation);
        await floorClient.PrimeAsync("modern", modern, cancellation);
        await floorClient.PrimeAsync("legacy", legacy, cancellation);
        Measure("Kestrel floor, 2026-07-28", floor, BenchToolCall.Modern(tool, "{}", "/floor/modern"), echoesId: false);
        Measure("Kestrel floor, 2025-11-25", floor, BenchToolCall.Legacy(session, tool, "{}", "/floor/legacy"), echoesId: false);
    }

    private async Task TryAsync(string name, Func<Task<ServerProcess>> start, string tool, string arguments, CancellationToken cancellation)
    {
        try
        {
            await AddBothAsync(name, Add(await start()), tool, arguments, cancellation);
        }
        catch (BenchException e)
        {
            _missing.Add($"{name}: {e.Message.Split('\n')[0]}");
        }
    }

    private async Task AddBothAsync(string name, ServerProcess server, string tool, string arguments, CancellationToken cancellation)
    {
        await AddModernAsync(name, server, tool, arguments, cancellation);
        using var client = new GatewayClient(server.Port);
        try
        {
            var session = await client.InitializeAsync(cancellation);
            await client.CallAsync(session, tool, arguments, cancellation);
            Measure($"{name}, 2025-11-25", server, BenchToolCall.Legacy(session, tool, arguments), echoesId: true);
        }
        catch (Exception e) when (e is BenchException or HttpRequestException)
        {
            _missing.Add($"{name}, 2025-11-25: {Short(e)}");
        }
    }

    private async Task AddModernAsync(string name, ServerProcess server, string tool, string arguments, CancellationToken cancellation)
    {
        using var client = new GatewayClient(server.Port);
        try
        {
            await client.CallAsync(tool, arguments, cancellation);
            Measure($"{name}, 2026-07-28", server, BenchToolCall.Modern(tool, arguments), echoesId: true);
        }
        catch (Exception e) when (e is BenchException or HttpRequestException)
        {
            _missing.Add($"{name}, 2026-07-28: {Short(e)}");
        }
    }

    private static string Short(Exception e) => e.Message.Length <= 160 ? e.Message : e.Message[..160];

    private void Measure(string name, ServerProcess server, RequestTemplate request, bool echoesId) =>
        _variants.Add(new CallVariant(name, server, request, echoesId, Connections));

    private void Report(Section section, string tool)
    {
        var ours = Find("Granary, 2026-07-28");
        section.Paragraph(
            $"`tools/call` of `{tool}` (the TypeScript server has no such tool: `echo`), {Connections} connections, closed loop, one request in flight on each. "
            + "CPU is the server process's own; of the two gateways from npm it is without the stub behind them, which is ours over stdio.");
        section.Table(
            ["server", "CPU µs/call", "times ours", "calls/s/core", "calls/s", "p50 µs"],
            _variants.Select(v => new[]
            {
                v.Name, v.Cpu.Show("F1"), v.Cpu.Over(ours.Cpu).Show("F2"), $"{1e6 / v.Cpu.Median:F0}", v.Rate.Show("F0"), v.P50.Show("F0"),
            }));
        if (_missing.Count > 0)
            section.Paragraph($"Not measured. {string.Join(" ", _missing.Select(m => m.EndsWith('.') ? m : $"{m}."))}");
        section.Targets(Targets());
    }

    private IEnumerable<Target> Targets()
    {
        yield return Over("2026-07-28", MaxModern);
        yield return Over("2025-11-25", MaxLegacy);
        yield return Ahead("2026-07-28", "C# SDK 2.4.0, stateless, 2026-07-28", AheadModern);
        yield return Ahead("2025-11-25", "C# SDK 2.4.0, both eras, 2025-11-25", AheadLegacy);
    }

    private Target Over(string era, double limit)
    {
        var ratio = Find($"Granary, {era}").Cpu.Over(Find($"Kestrel floor, {era}").Cpu);
        return new Target($"{era}: times the floor", $"≤ {limit}", ratio.Show("F2"), ratio.Median <= limit);
    }

    private Target Ahead(string era, string peer, double limit)
    {
        var ratio = Find(peer).Cpu.Over(Find($"Granary, {era}").Cpu);
        return new Target($"{era}: the SDK's CPU in ours", $"≥ {limit}", ratio.Show("F2"), ratio.Median >= limit);
    }

    private CallVariant Find(string name) => _variants.Single(v => v.Name == name);
}
