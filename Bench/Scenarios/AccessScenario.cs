using Granary.Bench.Mcp;
using Granary.Bench.Processes;
using Granary.Bench.Reports;
using Granary.Bench.Setup;
using Granary.Bench.Shapes;

namespace Granary.Bench.Scenarios;

/// <summary>What knowing the caller costs: the same call, one thing more each time.</summary>
internal sealed class AccessScenario : BenchScenario
{
    private const int Connections = 16;
    private const string Tool = "manage_events";
    private const string Arguments = """{"operation":"describe"}""";

    /// <summary>Limits that are looked at by every call and refuse none.</summary>
    private static readonly string[] NeverMet =
        ["RATE_PER_KEY=1000000", "BURST_PER_KEY=1000000", "RATE_PER_TENANT=1000000", "BURST_PER_TENANT=1000000", "BYTES_PER_TENANT=500000000"];

    public override string Name => "access";

    public override string Title => "CPU per call of keys, tokens, limits, access log and audit";

    public override IEnumerable<string> Projects(BenchOptions options) => ["Gateway"];

    public override async Task RunAsync(BenchContext context, Section section, CancellationToken cancellation)
    {
        var options = context.Options;
        var folder = context.Layout.NewDataFolder();
        var servers = new List<ServerProcess>();
        try
        {
            var keys = Path.Combine(folder, "keys.json");
            await TenantKeys.WriteAsync(keys, 1, cancellation);
            var (token, issuers) = await BenchToken.MakeAsync(folder, cancellation);
            string[] unlimited = ["--env", "GRANARY_RATE_PER_KEY=0", "--env", "GRANARY_RATE_PER_TENANT=0", "--env", "GRANARY_BYTES_PER_TENANT=0"];
            string[] limited = [.. NeverMet.SelectMany(limit => new[] { "--env", $"GRANARY_{limit}" })];
            string[] quiet = ["--env", "GRANARY_ACCESS_LOG=off"];
            CallVariant[] variants =
            [
                await StartAsync("anonymous", null, quiet),
                await StartAsync("API key", TenantKeys.First, ["--api-keys", keys, .. unlimited, .. quiet]),
                await StartAsync("access token, known", token, [.. issuers, .. unlimited, .. quiet]),
                await StartAsync("API key and limits", TenantKeys.First, ["--api-keys", keys, .. limited, .. quiet]),
                await StartAsync("API key and access log", TenantKeys.First, ["--api-keys", keys, .. unlimited]),
                await StartAsync("API key and audit", TenantKeys.First, ["--api-keys", keys, .. unlimited, .. quiet, "--audit"]),
            ];
            await CallVariant.MeasureAsync(variants, options, cancellation);
            Report(section, variants);
        }
        finally
        {
            foreach (var server in servers)
                await server.DisposeAsync();
            Directory.Delete(folder, recursive: true);
        }

        async Task<CallVariant> StartAsync(string name, string? credential, string[] more)
        {
            var server = await context.StartGatewayAsync(Path.Combine(folder, $"data-{servers.Count}"), 0, cancellation, more: more);
            servers.Add(server);
            // No backend is asked: the answer is the operation's own description.
            (string, string)[] headers = [("instana-base-url", "https://unit-tenant.instana.io"), ("instana-api-token", "bench")];
            if (credential is not null)
                headers = [.. headers, ("Authorization", $"Bearer {credential}")];
            return new CallVariant(name, server, BenchToolCall.Modern(Tool, Arguments, headers), EchoesId: true, Connections);
        }
    }

    private static void Report(Section section, CallVariant[] variants)
    {
        var (anonymous, key) = (variants[0], variants[1]);
        section.Paragraph($"`{Tool}` `describe`, 2026-07-28, {Connections} connections, closed loop; each row is a gateway of its own. The audit's own writing is in its row.");
        section.Table(
            ["gateway", "CPU µs/request", "requests/s", "p50 µs", "p99 µs"],
            variants.Select(v => v.Row()));
        section.Targets(
        [
            Beyond("an API key", key, anonymous, 5), Beyond("a known access token", variants[2], anonymous, 10), Beyond("limits", variants[3], key, 3),
            Beyond("the access log", variants[4], key, 5), Beyond("the audit", variants[5], key, 15),
        ]);
    }

    private static Target Beyond(string what, CallVariant more, CallVariant less, double limit)
    {
        var beyond = more.Cpu.Median - less.Cpu.Median;
        return new Target($"CPU of {what} beyond the call without it", $"≤ {limit} µs", $"{beyond:F1} µs", beyond <= limit);
    }
}
