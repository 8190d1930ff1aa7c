using Granary.Bench.Mcp;
using Granary.Bench.Reports;
using Granary.Bench.Shapes;

namespace Granary.Bench.Scenarios;

/// <summary>What limits cost that gateways share: they ask silos for blocks of them.</summary>
internal sealed class AccessClusterScenario : ClusterScenario
{
    private const int Connections = 16;
    private const double MaxCost = 3;

    private static readonly string[] Unlimited = Limits(("RATE_PER_KEY", 0), ("RATE_PER_TENANT", 0), ("BYTES_PER_TENANT", 0));

    /// <summary>Rates that nobody reaches, and the bursts that are the default: blocks are a part of them, so gateways ask as often for each call as they would.</summary>
    private static readonly string[] Limited = Limits(
        ("RATE_PER_KEY", 100_000), ("BURST_PER_KEY", 300), ("RATE_PER_TENANT", 100_000), ("BURST_PER_TENANT", 1_500), ("BYTES_PER_TENANT", 20_000_000));

    public override string Name => "access-cluster";

    public override string Title => "CPU per call of limits that a cluster shares";

    protected override async Task MeasureAsync(BenchContext context, string folder, Section section, CancellationToken cancellation)
    {
        var keys = Path.Combine(folder, "keys.json");
        await TenantKeys.WriteAsync(keys, 1, cancellation);
        await using var cluster = await Cluster.StartAsync(context, folder, cancellation, null, ["--api-keys", keys, .. Unlimited], TenantKeys.First);
        await using var limited = await cluster.StartGatewayAsync(["--api-keys", keys, .. Limited]);
        using (var client = new GatewayClient(cluster.Gateway.Port, TenantKeys.First))
            await client.CallAsync("init_vault", """{"vault_path":"notes"}""", cancellation);
        var call = BenchToolCall.Modern("query_timeline", """{"vault_path":"notes","limit":1}""", [("Authorization", $"Bearer {TenantKeys.First}")]);
        CallVariant[] variants =
        [
            new("no limits", cluster.Gateway, call, EchoesId: true, Connections) { Beside = [cluster.Silo.Pid] },
            new("limits", limited, call, EchoesId: true, Connections) { Beside = [cluster.Silo.Pid] },
        ];
        await CallVariant.MeasureAsync(variants, context.Options, cancellation);
        section.Paragraph($"`query_timeline` with an API key, {Connections} connections, closed loop, two gateways in front of one silo. CPU is the gateway's and the silo's. {Setting}");
        section.Table(
            ["gateway", "CPU µs/request", "requests/s", "p50 µs", "p99 µs"],
            variants.Select(v => v.Row()));
        var beyond = variants[1].Cpu.Median - variants[0].Cpu.Median;
        section.Targets([new Target("CPU of shared limits beyond the call without them", $"≤ {MaxCost} µs", $"{beyond:F1} µs", beyond <= MaxCost)]);
    }

    private static string[] Limits(params IEnumerable<(string Name, int Value)> limits) =>
        [.. limits.SelectMany(limit => new[] { "--env", $"GRANARY_{limit.Name}={limit.Value}" }), "--env", "GRANARY_ACCESS_LOG=off"];
}
