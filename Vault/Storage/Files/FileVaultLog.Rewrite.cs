using Granary.Vault.Storage.FileSystem;
using Granary.Vault.Storage.Files.State;

namespace Granary.Vault.Storage.Files;

/// <summary>Appending with replacements of earlier lines: rare, and the price is a copy of the file.</summary>
internal sealed partial class FileVaultLog
{
    private const int CopySize = 1024 * 1024;

    private async Task<AppendOutcome> RewriteAsync(LogHead expected, IReadOnlyList<LogEntry> entries)
    {
        var outcome = await RewriteInTurnAsync(expected, entries);
        // What gave way is in no file of the vault any more; nor is it to be in the log of all vaults.
        if (_commits is not null && outcome is AppendOutcome.Appended)
            await _commits.EmptyAsync();
        return outcome;
    }

    private async Task<AppendOutcome> RewriteInTurnAsync(LogHead expected, IReadOnlyList<LogEntry> entries)
    {
        await _turn.WaitAsync();
        try
        {
            return await IoThreads.Writers.RunAsync(() =>
            {
                lock (_lock)
                    return Rewrite(expected, entries);
            });
        }
        finally
        {
            _turn.Release();
        }
    }

    private AppendOutcome Rewrite(LogHead expected, IReadOnlyList<LogEntry> entries)
    {
        if (Format.HasChain)
            throw new VaultStorageException(VaultStorageFailure.Refused, "Events of this format cannot be replaced: their hashes cover all of them.");
        if (Refuse(expected, entries) is { } refused)
            return refused;
        var replaced = Replacements(entries);
        using var lines = new BatchLines(entries, hasChain: false);
        var journaled = Announce(entries, lines, out _, durable: true);
        var head = new LogHead(_head.Count + entries.Count, entries[^1].Hash);
        StorageFailures.Guard(() =>
        {
            Detach();
            LogRewrite.WriteDraft(_files, _options.StateFolder, draft => Copy(draft, replaced, lines));
            return true;
        });
        try
        {
            LogRewrite.Decide(_files, _options.StateFolder, head);
            LogRewrite.Move(_options);
            Reload(head);
        }
        catch (Exception failure) when (StorageFailures.IsIo(failure))
        {
            // Opening it again finds out, and finishes what was decided.
            _outcomeUnknown = true;
            throw StorageFailures.Unknown(failure);
        }
        Keep(journaled);
        Publish(head);
        return new AppendOutcome.Appended(head);
    }

    private SortedDictionary<long, ReadOnlyMemory<byte>> Replacements(IReadOnlyList<LogEntry> entries)
    {
        var replaced = new SortedDictionary<long, ReadOnlyMemory<byte>>();
        foreach (var replacement in entries.Select(entry => entry.Replaces).OfType<LineReplacement>())
        {
            var old = replacement.Position < _head.Count ? _events.Read(replacement.Position, 1, 1).Lines : [];
            if (old.Count == 0 || !EntryReplacement.IsAllowed(Format, replacement, old[0].Span))
                throw EntryReplacement.Refused(replacement.Position);
            replaced[replacement.Position] = replacement.Line;
        }
        return replaced;
    }

    /// <summary>
    /// What the commit log still has of this vault speaks of places in the old file. It is made durable here first, and then it is another birth's:
    /// recovery leaves it alone.
    /// </summary>
    private void Detach()
    {
        FlushAll();
        if (_commits is not null)
            _birth = BirthMark.Renew(_files, _options.StateFolder);
    }

    private void Copy(IStorageFile draft, SortedDictionary<long, ReadOnlyMemory<byte>> replaced, BatchLines added)
    {
        long at = 0;
        long written = 0;
        foreach (var (position, line) in replaced)
        {
            var (start, end) = _events.Bounds(position);
            written += CopyBytes(draft, at, start, written);
            byte[] whole = [.. line.Span, (byte)'\n'];
            draft.Write(whole, written);
            written += whole.Length;
            at = end;
        }
        written += CopyBytes(draft, at, _events.Length, written);
        draft.Write(added.Events.Written, written);
    }

    private long CopyBytes(IStorageFile draft, long from, long end, long to)
    {
        var buffer = new byte[(int)Math.Min(CopySize, Math.Max(1, end - from))];
        var copied = 0L;
        while (from + copied < end)
        {
            var part = buffer.AsSpan(0, (int)Math.Min(buffer.Length, end - from - copied));
            _events.ReadExactly(part, from + copied);
            draft.Write(part, to + copied);
            copied += part.Length;
        }
        return copied;
    }

    private void Reload(LogHead head)
    {
        var old = _events;
        var fresh = new LineFile(OpenLines(LogFileName.Events));
        fresh.Scan();
        _events = fresh;
        old.Dispose();
        _anchor.Write(new AcknowledgedEnd(head, 0));
        _anchor.Flush();
        LogRewrite.Forget(_files, _options.StateFolder);
    }
}
