using System.Text.Json.Nodes;
using Granary.Cli.Hosting;
using Granary.Vault.Backpack.Changes;

namespace Granary.Cli.Commands.Writing;

/// <summary><c>seal</c>.</summary>
internal sealed class SealCommand() : WritingCommand("seal", "Seals the vault for ever: it takes no more events.")
{
    public override async Task<Outcome> RunAsync(Run run, CancellationToken cancellation)
    {
        await using var writer = await OpenAsync(run, cancellation);
        var change = await VaultSeal.PlanAsync(writer.Vault, writer.Now, cancellation);
        await writer.ApplyAsync(change, cancellation);
        return Done(change.EventId, change.Entries.Count > 0 ? "Sealed. Seal event" : "It was sealed before. Seal event", new JsonObject
        {
            ["already_sealed"] = change.Entries.Count == 0,
            ["merkle_root"] = await writer.MerkleRootAsync(cancellation),
        });
    }
}
