using System.Text.Json.Nodes;
using Granary.Vault.Canonical;

namespace Granary.Vault.Sync;

/// <summary>Two events that follow the same event of the same actor (specification 3.5, 7.1).</summary>
/// <param name="ActorId">The actor.</param>
/// <param name="PrevHash">The event both follow, or null where both claim to be the first.</param>
/// <param name="EventAId">The earlier of them.</param>
/// <param name="EventBId">The later.</param>
public sealed record ForkRecord(string ActorId, string? PrevHash, string EventAId, string EventBId)
{
    internal JsonObject ToJson() => new()
    {
        ["actor_id"] = ActorId,
        ["prev_hash"] = PrevHash,
        ["event_a_id"] = EventAId,
        ["event_b_id"] = EventBId,
    };
}

/// <summary>What came of a union of two logs, as the reference's MergeResult.</summary>
/// <param name="Lines">The merged log: canonical lines by time and id.</param>
/// <param name="NewCount">How many of them the first log did not have.</param>
/// <param name="Conflicts">Sentences: forks, and ids that stand for two contents.</param>
/// <param name="Forks">The forks.</param>
/// <param name="Malformed">How many lines were no JSON objects; they are in neither log's union.</param>
public sealed record MergeResult(
    IReadOnlyList<ReadOnlyMemory<byte>> Lines, int NewCount, IReadOnlyList<string> Conflicts, IReadOnlyList<ForkRecord> Forks, int Malformed)
{
    /// <summary>The record as JSON, laid out as the reference does.</summary>
    public byte[] ToJson() => PrettyJson.Write(
        new JsonObject
        {
            ["merged_event_count"] = Lines.Count,
            ["new_count"] = NewCount,
            ["conflict_count"] = Conflicts.Count,
            ["conflicts"] = new JsonArray([.. Conflicts.Select(text => (JsonNode)text)]),
            ["fork_count"] = Forks.Count,
            ["forks"] = new JsonArray([.. Forks.Select(fork => fork.ToJson())]),
        },
        finalNewline: false);
}

/// <summary>What came of bringing two vaults together, as the reference's SyncResult.</summary>
/// <param name="EventsMerged">How many events are new.</param>
/// <param name="NewStateHash">The hash of the state after it, or null where nothing was done.</param>
/// <param name="Errors">Why nothing was done; a sentence each.</param>
/// <param name="Forks">The forks.</param>
public sealed record SyncReport(int EventsMerged, string? NewStateHash, IReadOnlyList<string> Errors, IReadOnlyList<ForkRecord> Forks)
{
    /// <summary>True when it was done.</summary>
    public bool Success => Errors.Count == 0;

    /// <summary>The record as JSON, laid out as the reference does; <c>fencing_token</c> is null unless one was issued.</summary>
    public byte[] ToJson(string? fencingToken = null) => PrettyJson.Write(
        new JsonObject
        {
            ["success"] = Success,
            ["events_merged"] = EventsMerged,
            ["new_state_hash"] = NewStateHash,
            ["fencing_token"] = fencingToken,
            ["error_count"] = Errors.Count,
            ["errors"] = new JsonArray([.. Errors.Select(text => (JsonNode)text)]),
            ["fork_count"] = Forks.Count,
            ["forks"] = new JsonArray([.. Forks.Select(fork => fork.ToJson())]),
        },
        finalNewline: false);
}
