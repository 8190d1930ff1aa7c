using Granary.Vault.Proofs;
using Granary.Vault.Storage;

namespace Granary.Tenants.Vaults.Views;

/// <summary>
/// The tree over a vault's events, whose right edge is kept beside the vault, and the signed head of the log, which is kept there as well
/// and never goes back: who has it sees it when events are missing or were changed.
/// </summary>
internal sealed class HeadView(IVaultLog log) : IDisposable
{
    /// <summary>The signed head's document, beside the vault.</summary>
    public const string HeadName = "signed-head.json";

    private const string TreeName = "event-tree";

    private readonly SemaphoreSlim _turn = new(1, 1);
    private IReadOnlyList<StorageFinding>? _findings;
    private EventTree? _tree;

    /// <summary>Signs the head of the log, and keeps that, unless what is kept says so already.</summary>
    /// <param name="sign">Signs a head with its root.</param>
    /// <param name="cancellation">Ends it early.</param>
    public async Task<SignedHead> RefreshAsync(Func<LogHead, string, SignedHead> sign, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            var head = log.Head;
            var tree = await TreeAsync(head.Count, cancellation);
            var root = tree.Root();
            var kept = await KeptAsync(cancellation);
            if (kept is not null && kept.Count == head.Count && kept.Root == root && kept.Head == head.Hash)
                return kept;
            var signed = sign(head, root);
            await log.WriteBesideAsync(new VaultDocument(HeadName, signed.Write()), head.Count, cancellation);
            await log.WriteBesideAsync(new VaultDocument(TreeName, tree.Snapshot()), head.Count, cancellation);
            return signed;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>The signed head that is kept; null where there is none yet.</summary>
    public async Task<SignedHead?> KeptAsync(CancellationToken cancellation)
    {
        try
        {
            return await log.ReadBesideAsync(HeadName, cancellation) is { } json ? SignedHead.Read(json.Span) : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task<EventTree> TreeAsync(long count, CancellationToken cancellation)
    {
        // A store that lost events may have others in their place.
        if (!ReferenceEquals(_findings, log.Findings) || _tree?.Count > count)
            _tree = null;
        _tree ??= _findings is null ? await SavedAsync(count, cancellation) : new EventTree();
        _findings = log.Findings;
        await new EventTreeReader(log, log.Format.Entries).CatchUpAsync(_tree, count, cancellation);
        return _tree;
    }

    /// <summary>The tree that was saved with a signed head, if the log still holds what that says.</summary>
    private async Task<EventTree> SavedAsync(long count, CancellationToken cancellation)
    {
        try
        {
            if (await log.ReadBesideAsync(TreeName, cancellation) is not { } snapshot || await KeptAsync(cancellation) is not { } kept)
                return new EventTree();
            var tree = EventTree.Restore(snapshot.Span);
            return tree.Count <= count && tree.Count == kept.Count && tree.Root() == kept.Root && await HashAtAsync(tree.Count, cancellation) == kept.Head
                ? tree
                : new EventTree();
        }
        catch (FormatException)
        {
            return new EventTree();
        }
    }

    private async Task<string> HashAtAsync(long count, CancellationToken cancellation)
    {
        if (count == 0)
            return LogHead.ZeroHash;
        var line = (await log.ReadAsync(LogStream.Events, count - 1, 1, 1, cancellation)).Lines;
        var link = log.Format.HasChain ? (await log.ReadAsync(LogStream.Chain, count - 1, 1, 1, cancellation)).Lines : [default];
        if (line.Count == 0 || link.Count == 0)
            return "";
        log.Format.Entries.Check(count - 1, line[0].Span, link[0].Span, out var hash);
        return hash;
    }
}
