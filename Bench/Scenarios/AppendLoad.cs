using Granary.Bench.Load;
using Granary.Bench.Mcp;
using Granary.Bench.Processes;
using Granary.Bench.Setup;

namespace Granary.Bench.Scenarios;

/// <summary>Vaults behind one gateway or several, and appends to them.</summary>
internal sealed class AppendLoad(GatewayClient client, params IReadOnlyList<ServerProcess> gateways)
{
    /// <summary>Appends in flight.</summary>
    public const int Connections = 64;

    private readonly LoadGenerator _generator = new(gateways);

    /// <summary>Creates a vault.</summary>
    public Task CreateAsync(string vault, CancellationToken cancellation) =>
        client.CallAsync("init_vault", $$"""{"vault_path":"{{vault}}"}""", cancellation);

    /// <summary>Appends for a time, each connection to the next of the vaults.</summary>
    public Task<LoadResult> ForAsync(IEnumerable<string> vaults, TimeSpan duration, CancellationToken cancellation) =>
        RunAsync(vaults, () => LoadBudget.For(duration), cancellation);

    /// <summary>Appends a number of events.</summary>
    public Task<LoadResult> CountAsync(string vault, long events, CancellationToken cancellation) =>
        RunAsync([vault], () => LoadBudget.Of(events), cancellation);

    /// <summary>Fails unless the vault verifies: what was counted must be there and whole.</summary>
    public async Task VerifyAsync(string vault, CancellationToken cancellation)
    {
        var answer = await client.CallAsync("verify_chain", $$"""{"vault_path":"{{vault}}"}""", cancellation);
        if (answer.Body.AsSpan().IndexOf("\"valid\":true"u8) < 0)
            throw new BenchException($"{vault} does not verify after the appends.");
    }

    private Task<LoadResult> RunAsync(IEnumerable<string> vaults, Func<LoadBudget> budget, CancellationToken cancellation) =>
        _generator.RunAsync([.. vaults.Select(Append)], Connections, budget, echoesId: true, cancellation);

    private static RequestTemplate Append(string vault) => BenchToolCall.Modern("append_event", $$"""
        {"vault_path":"{{vault}}","event_type":"note","data":{"text":"the quick brown fox jumps over the lazy dog","n":{id} },"tags":["bench"]}
        """.Trim());
}
