using System.Security.Cryptography;
using Granary.Vault.Keys;
using Granary.Vault.Reducer;
using Granary.Vault.Storage;

namespace Granary.Vault.Checkpoints;

/// <summary>A log's state, and how it was come by.</summary>
/// <param name="Reducer">
/// The state; it stands where the kept one stood, or at the beginning: <see cref="LogReducer.CatchUpAsync"/> brings it to the head.
/// </param>
/// <param name="Point">What vouched for the kept state, or null where none was used.</param>
/// <param name="Refusal">Why a kept state was not used: a sentence; null where there was none.</param>
public sealed record ResumedState(LogReducer Reducer, ResumePoint? Point, string? Refusal);

/// <summary>
/// Takes a vault's state from the one that is kept beside it, if that can be trusted and still fits the log. One that does not is refused with its
/// reason, and costs a replay, never a wrong state: one whose last event is not where it was (after a merge of older events, or in another log),
/// one signed by a key that does not count, one whose parts are not those that were signed.
/// </summary>
/// <param name="reader">The vault.</param>
/// <param name="beside">Reads a document beside it (<see cref="IVaultLog.ReadBesideAsync"/>).</param>
/// <param name="format">Its format.</param>
/// <param name="view">How the reducer sees its events.</param>
/// <param name="find">The public key of an id where its signature counts, otherwise null.</param>
public sealed class StateResumer(
    IVaultReader reader,
    Func<string, CancellationToken, Task<ReadOnlyMemory<byte>?>> beside,
    IEntryFormat format,
    EventView view,
    Func<string, PublicKey?> find)
{
    /// <summary>Finds the state to go on from.</summary>
    public async Task<ResumedState> ResumeAsync(CancellationToken cancellation)
    {
        try
        {
            if (await beside(ResumePoint.Name, cancellation) is not { IsEmpty: false } json)
                return new ResumedState(new LogReducer(view), null, null);
            var point = ResumePoint.Read(json.Span);
            CheckSignature(point);
            await CheckHeadAsync(point.Head, cancellation);
            return new ResumedState(new LogReducer(view, ReducerV0.Restore(await PartsAsync(point, cancellation)), point.Head.Count), point, null);
        }
        catch (FormatException refusal)
        {
            return new ResumedState(new LogReducer(view), null, $"The state that is kept beside the vault was not used. {refusal.Message}");
        }
    }

    private void CheckSignature(ResumePoint point)
    {
        if (find(point.KeyId) is not { } key)
            throw new FormatException($"Its key {point.KeyId} is not an active key of the vault.");
        if (!point.IsSignedBy(key))
            throw new FormatException($"Its signature is not that of key {point.KeyId}.");
    }

    private async Task CheckHeadAsync(LogHead head, CancellationToken cancellation)
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
                $"Its last event is not at position {head.Count - 1} of the log: older events were merged in since, or the log is another one.");
    }

    private async Task<ReadOnlyMemory<byte>> LineAsync(LogStream stream, long position, CancellationToken cancellation)
    {
        var page = await reader.ReadAsync(stream, position, 1, 1, cancellation);
        return page.Lines.Count > 0 ? page.Lines[0] : default;
    }

    private async Task<ReadOnlyMemory<byte>[]> PartsAsync(ResumePoint point, CancellationToken cancellation)
    {
        var parts = new ReadOnlyMemory<byte>[point.Parts];
        var hashes = new byte[parts.Length * SHA256.HashSizeInBytes];
        await Parallel.ForAsync(0, parts.Length, cancellation, async (number, token) =>
        {
            parts[number] = await beside(ResumePoint.PartName(number), token) ?? throw new FormatException($"Its part {number} is missing.");
            SHA256.HashData(parts[number].Span, hashes.AsSpan(number * SHA256.HashSizeInBytes));
        });
        return ResumePoint.HashOf(hashes) == point.PartsHash ? parts : throw new FormatException("Its parts are not those that were signed.");
    }
}
