using Granary.Vault.Keys;
using Granary.Vault.Reducer;
using Granary.Vault.Storage;

namespace Granary.Vault.Checkpoints;

/// <summary>A log's state, and how it was come by.</summary>
/// <param name="Reducer">The state; it stands where the checkpoint stood, or at the beginning: <see cref="LogReducer.CatchUpAsync"/> brings it to the head.</param>
/// <param name="Checkpoint">The checkpoint it was taken from, or null.</param>
/// <param name="Refusals">The checkpoints that were not used, and why: a sentence each.</param>
public sealed record ResumedState(LogReducer Reducer, SignedCheckpoint? Checkpoint, IReadOnlyList<string> Refusals);

/// <summary>
/// Takes a vault's state from its youngest checkpoint that can be trusted and still fits the log. A checkpoint that does not is refused with its
/// reason, and costs a replay, never a wrong state: one whose last event is not where it was (after a merge of older events, or in another log),
/// one signed by a key that does not count, one without evidence.
/// </summary>
/// <param name="reader">The vault.</param>
/// <param name="format">Its format.</param>
/// <param name="view">How the reducer sees its events.</param>
/// <param name="find">The public key of an id where its signature counts, otherwise null.</param>
public sealed class CheckpointResumer(IVaultReader reader, IEntryFormat format, EventView view, Func<string, PublicKey?> find)
{
    private const int MaxTried = 3;

    private readonly List<string> _refusals = [];

    /// <summary>Finds the state to go on from.</summary>
    public async Task<ResumedState> ResumeAsync(CancellationToken cancellation)
    {
        var names = await reader.ListDocumentsAsync(Checkpoint.Folder, cancellation);
        foreach (var name in names.Where(name => name.EndsWith(".chk", StringComparison.Ordinal)).OrderDescending(StringComparer.Ordinal).Take(MaxTried))
        {
            try
            {
                if (await reader.ReadDocumentAsync(name, cancellation) is not { } json)
                    continue;
                var checkpoint = SignedCheckpoint.Read(json.Span, find);
                return new ResumedState(await ResumeAsync(checkpoint, cancellation), checkpoint, _refusals);
            }
            catch (FormatException refusal)
            {
                _refusals.Add($"{name} was not used. {refusal.Message}");
            }
        }
        return new ResumedState(new LogReducer(view), null, _refusals);
    }

    private async Task<LogReducer> ResumeAsync(SignedCheckpoint checkpoint, CancellationToken cancellation)
    {
        if (checkpoint.Head is not { } head || !checkpoint.Parts.TryGetValue(Checkpoint.ReducerPart, out var snapshot))
            throw new FormatException("It holds no evidence, without which later events cannot be judged.");
        await CheckAsync(head, checkpoint.LastEventId, cancellation);
        var state = ReducerV0.Restore(snapshot);
        if (state.EventCount == checkpoint.EventCount && state.LastEventId == checkpoint.LastEventId)
            return new LogReducer(view, state, head.Count);
        state.Dispose();
        throw new FormatException("Its evidence belongs to another state.");
    }

    private async Task CheckAsync(LogHead head, string? lastEventId, CancellationToken cancellation)
    {
        if (head.Count > reader.Count(LogStream.Events))
            throw new FormatException($"It stands at event {head.Count}, and the log ends at {reader.Count(LogStream.Events)}.");
        if (head.Count == 0)
            return;
        var line = await LineAsync(LogStream.Events, head.Count - 1, cancellation);
        var chain = await LineAsync(LogStream.Chain, head.Count - 1, cancellation);
        format.Check(head.Count - 1, line.Span, chain.Span, out var hash);
        if (hash != head.Hash)
            throw new FormatException(
                $"Its last event {lastEventId} is not at position {head.Count - 1} of the log: older events were merged in since, or the log is another one.");
    }

    private async Task<ReadOnlyMemory<byte>> LineAsync(LogStream stream, long position, CancellationToken cancellation)
    {
        var page = await reader.ReadAsync(stream, position, 1, int.MaxValue, cancellation);
        return page.Lines.Count > 0 ? page.Lines[0] : default;
    }
}
