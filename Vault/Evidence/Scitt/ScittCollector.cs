using Granary.Vault.Backpack.Events;
using Granary.Vault.Canonical;
using Granary.Vault.Proofs;
using Granary.Vault.Storage;

namespace Granary.Vault.Evidence.Scitt;

/// <summary>Goes over a log once and gathers its statements, their receipts, the ways to them, and the tree that proves them.</summary>
internal sealed class ScittCollector
{
    /// <summary>How many events of an author before a statement are shown. The whole chain is what the inclusion proof is for.</summary>
    private const int MaxSegment = 32;

    private readonly Dictionary<string, Queue<ChainStep>> _ways = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ScittStatement> _byId = new(StringComparer.Ordinal);

    public List<ScittStatement> Statements { get; } = [];

    public FullEventTree Tree { get; } = new();

    public async Task RunAsync(IVaultReader reader, long count, CancellationToken cancellation)
    {
        using var scratch = new PooledBuffer();
        await foreach (var page in EntryPipeline.RunAsync(reader, 0, count, page => page, cancellation))
        {
            for (var i = 0; i < page.Count; i++)
            {
                if (!BackpackEvent.TryRead(page.EventAt(i), scratch, out var written))
                    throw new VaultStorageException(
                        VaultStorageFailure.Damaged, $"The entry at position {page.Position + i} is not an event; verify the vault.");
                Take(page.Position + i, written);
            }
        }
    }

    private void Take(long position, in BackpackEvent written)
    {
        var hash = written.EntryHash();
        Tree.Append(hash);
        if (written.Id is not { } id || written.Actor is not { } actor)
            return;
        if (!_ways.TryGetValue(actor, out var way))
            way = _ways[actor] = new Queue<ChainStep>();
        way.Enqueue(new ChainStep(id, written.PreviousId, written.Type, written.Timestamp));
        if (way.Count > MaxSegment)
            way.Dequeue();
        if (written.Type == ScittEvents.Statement)
        {
            var statement = new ScittStatement(position, written.Text.ToArray(), hash, [.. way]);
            Statements.Add(statement);
            _byId.TryAdd(id, statement);
        }
        else if (written.Type == ScittEvents.Receipt && _byId.GetValueOrDefault(written.PayloadText("statement_event_id"u8) ?? "") is { } stated)
            stated.Receipt ??= written.Text.ToArray();
    }
}
