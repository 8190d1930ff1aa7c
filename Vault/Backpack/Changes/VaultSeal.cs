using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Granary.Vault.Backpack.Events;
using Granary.Vault.Backpack.Manifests;
using Granary.Vault.Canonical;
using Granary.Vault.Storage;

namespace Granary.Vault.Backpack.Changes;

/// <summary>Ends a vault (specification 3.11): a last event, after which it takes none, and the link a successor is born with.</summary>
public static class VaultSeal
{
    private const string Archivist = "vault_archivist";

    /// <summary>Works out the last event; sealing a sealed vault returns the first seal.</summary>
    public static async Task<VaultChange> PlanAsync(BackpackVault vault, DateTimeOffset time, CancellationToken cancellation)
    {
        if (vault.Chains.SealEventId is { } sealedBy)
            return new VaultChange(sealedBy, []);
        var files = await vault.CollectFilesAsync(cancellation);
        var payload = new JsonObject
        {
            ["reason"] = "archival_rotation",
            ["final_event_count"] = vault.Log.Head.Count + 1,
            ["final_merkle_root"] = files.Build(time).MerkleRoot(),
            ["seal_timestamp"] = EventTimestamp.Format(time),
        };
        var prepared = PreparedBackpackEvent.ForOperation(EventTypes.Seal, PrettyJson.Write(payload), Archivist);
        var built = vault.Builder.Build(prepared, vault.Chains.Next(Archivist), time);
        return new VaultChange(built.EventId, [built.Entry]);
    }

    /// <summary>How a successor's genesis names this sealed vault. Its manifest must have been made after the seal.</summary>
    /// <exception cref="BackpackInputException">The vault is not sealed.</exception>
    public static async Task<Predecessor> LinkAsync(BackpackVault vault, CancellationToken cancellation)
    {
        if (vault.Chains.SealEventId is not { } sealId)
            throw new BackpackInputException("The vault is not sealed: seal it before it gets a successor.");
        var seal = await EventFinder.RequireAsync(vault.Log, sealId, "seal", cancellation);
        var root = await vault.Log.ReadDocumentAsync(Manifest.RootName, cancellation);
        return new Predecessor(
            Encoding.ASCII.GetString(root.GetValueOrDefault().Span).Trim(),
            vault.Log.Head.Count,
            sealId,
            Convert.ToHexStringLower(SHA256.HashData(seal.Line.Span)));
    }
}
