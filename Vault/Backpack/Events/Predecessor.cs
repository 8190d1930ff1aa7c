using System.Text.Json.Nodes;

namespace Granary.Vault.Backpack.Events;

/// <summary>The sealed vault a vault continues (specification 3.11), as its genesis names it.</summary>
/// <param name="MerkleRoot">The root of the sealed vault's manifest.</param>
/// <param name="FinalEventCount">How many events it holds, its seal among them.</param>
/// <param name="SealEventId">The event that sealed it.</param>
/// <param name="SealEventHash">SHA-256 of that event's line.</param>
public sealed record Predecessor(string MerkleRoot, long FinalEventCount, string SealEventId, string SealEventHash)
{
    internal JsonObject ToJson() => new()
    {
        ["merkle_root"] = MerkleRoot,
        ["final_event_count"] = FinalEventCount,
        ["seal_event_id"] = SealEventId,
        ["seal_event_hash"] = SealEventHash,
    };
}
