using System.Text;
using Granary.Bench.Load;
using Granary.Bench.Mcp;
using Granary.Bench.Processes;

namespace Granary.Bench.Scenarios;

/// <summary>Vaults behind one gateway or several, and appends to them.</summary>
internal sealed class AppendLoad(McpClient client, params IReadOnlyList<ServerProcess> gateways)
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

    /// <summary>Appends to one vault for a time, and collects the receipts.</summary>
    public async Task<(LoadResult Load, Receipts Receipts)> ContendAsync(string vault, TimeSpan duration, CancellationToken cancellation)
    {
        var receipts = new Receipts();
        var load = await _generator.RunAsync([Append(vault)], Connections, () => LoadBudget.For(duration), echoesId: true, cancellation, receipts.Take);
        return (load, receipts);
    }

    /// <summary>Appends a number of events.</summary>
    public Task<LoadResult> CountAsync(string vault, long events, CancellationToken cancellation) =>
        RunAsync([vault], () => LoadBudget.Of(events), cancellation);

    /// <summary>Fails unless the vault verifies: what was counted must be there and whole.</summary>
    /// <param name="vault">The vault.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <param name="events">How many events it must have; null for any number.</param>
    public async Task VerifyAsync(string vault, CancellationToken cancellation, long? events = null)
    {
        var (_, body) = await client.CallAsync("verify_chain", $$"""{"vault_path":"{{vault}}"}""", cancellation);
        if (body.AsSpan().IndexOf("\"valid\":true"u8) < 0)
            throw new BenchException($"{vault} does not verify after the appends.");
        if (events is { } count && body.AsSpan().IndexOf(Encoding.ASCII.GetBytes($"\"event_count\":{count},")) < 0)
            throw new BenchException($"{vault} does not have as many events as there were receipts, {count}.");
    }

    private Task<LoadResult> RunAsync(IEnumerable<string> vaults, Func<LoadBudget> budget, CancellationToken cancellation) =>
        _generator.RunAsync([.. vaults.Select(Append)], Connections, budget, echoesId: true, cancellation);

    private static RequestTemplate Append(string vault) => ToolCall.Modern("append_event", $$"""
        {"vault_path":"{{vault}}","event_type":"note","data":{"text":"the quick brown fox jumps over the lazy dog","n":{id} },"tags":["bench"]}
        """.Trim());
}
