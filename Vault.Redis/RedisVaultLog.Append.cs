using Granary.Vault.Redis.Connections;
using Granary.Vault.Storage;
using StackExchange.Redis;

namespace Granary.Vault.Redis;

internal sealed partial class RedisVaultLog
{
    private readonly ReplicaWait _replicas = new(options.Link, layout.Head, options.WaitReplicas, options.WaitTimeout);

    public async Task<AppendOutcome> AppendAsync(LogHead expected, IReadOnlyList<LogEntry> entries, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        ArgumentOutOfRangeException.ThrowIfZero(entries.Count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(entries.Count, RedisLayout.MaxBatch);
        await _turn.WaitAsync(cancellation);
        try
        {
            Refuse();
            await CheckReplacementsAsync(expected, entries, cancellation);
            return await SendAsync(expected, entries, cancellation);
        }
        catch (VaultStorageException failure) when (failure.Failure == VaultStorageFailure.OutcomeUnknown)
        {
            _outcomeUnknown = true;
            throw;
        }
        finally
        {
            _turn.Release();
        }
    }

    private void Refuse()
    {
        ThrowIfClosed();
        if (_outcomeUnknown)
            throw new VaultStorageException(
                VaultStorageFailure.OutcomeUnknown, "What became of an earlier append is not known; the vault must be opened again.");
        if (_damaged)
            throw new VaultStorageException(VaultStorageFailure.Damaged, $"The vault takes no events: {_findings[0].Reason}");
    }

    /// <summary>
    /// A line that was read changes only with an append, which moves the head: so what is found here holds where the append succeeds.
    /// </summary>
    private async Task CheckReplacementsAsync(LogHead expected, IReadOnlyList<LogEntry> entries, CancellationToken cancellation)
    {
        foreach (var replacement in entries.Select(entry => entry.Replaces).OfType<LineReplacement>())
        {
            var old = replacement.Position < expected.Count ? (await ReadAsync(LogStream.Events, replacement.Position, 1, 1, cancellation)).Lines : [];
            if (old.Count == 0 || !EntryReplacement.IsAllowed(format, replacement, old[0].Span))
                throw EntryReplacement.Refused(replacement.Position);
        }
    }

    /// <summary>
    /// Sends the same script again until it has an answer. Whichever of the sent ones comes first appends, and all others find a head that has moved,
    /// so a conflict after an unanswered one is ours if the log holds our entry there.
    /// </summary>
    private async Task<AppendOutcome> SendAsync(LogHead expected, IReadOnlyList<LogEntry> entries, CancellationToken cancellation)
    {
        var left = calls.Start();
        var resealed = await ResealAsync(entries, cancellation);
        var command = Command(expected, _end.Bridge, entries, resealed);
        var unanswered = false;
        while (true)
        {
            var before = _end;
            var attempt = await calls.TryAsync(() => SendAsync(command), left, nameof(AppendAsync));
            if (attempt.Answered)
            {
                var (answer, replicas) = attempt.Answer;
                switch ((string?)answer[0])
                {
                    case "appended":
                        return Appended(command, before, replicas);
                    case "conflict":
                        var found = RedisVaultStore.Parse(answer.AsSpan(1));
                        if (found.Head == expected && found.Bridge != command.Bridge)
                        {
                            // The log is where the caller says, and only its bridge stream was not known here.
                            command = Command(expected, found.Bridge, entries, resealed);
                            continue;
                        }
                        if (unanswered && await HoldsAsync(command))
                            return Appended(command, before, await ConfirmAsync(left));
                        Observe(found, before);
                        return new AppendOutcome.Conflict(found.Head);
                    case "taken":
                        var index = (int)answer[1];
                        return new AppendOutcome.KeyTaken(index, ClaimRecord.Read(entries[index].Claim!.Key, (byte[])answer[2]!));
                    case "moved":
                        // The mover took a segment that a line is replaced in, between our look and our append.
                        if (unanswered || left.IsSpent)
                            throw unanswered ? RedisFailures.Unknown("the append", null) : RedisFailures.Unchanged(null);
                        await left.PauseAsync(cancellation);
                        resealed = await ResealAsync(entries, cancellation);
                        command = Command(expected, command.Bridge, entries, resealed);
                        continue;
                    case "missing":
                        throw new VaultStorageException(VaultStorageFailure.NotFound, "The vault is no longer there.");
                    default:
                        throw new VaultStorageException(
                            VaultStorageFailure.Damaged,
                            "The vault takes no events: its last lines are not where its head says; somebody else changed the store, or it evicted keys.");
                }
            }
            unanswered |= attempt.End == CommandEnd.Lost;
            if (left.IsSpent || (attempt.End == CommandEnd.Refused && !unanswered))
                throw unanswered ? RedisFailures.Unknown("the append", attempt.Failure) : RedisFailures.Unchanged(attempt.Failure);
            await left.PauseAsync(CancellationToken.None);
        }
    }

    private async Task<(RedisValue[] Answer, long Replicas)> SendAsync(AppendScript command)
    {
        if (options.WaitReplicas == 0)
            return ((RedisValue[])(await ScriptAsync(command))!, 0);
        RedisResult? answer = null;
        var replicas = await _replicas.ConfirmedAsync(async () => answer = await ScriptAsync(command));
        return ((RedisValue[])answer!, replicas);
    }

    private Task<RedisResult> ScriptAsync(AppendScript command) =>
        Database.ScriptEvaluateAsync(RedisScripts.Append, command.Keys, command.Values, CommandFlags.DemandMaster);

    /// <summary>For an append whose answer was lost with its connection: a new connection has to write before it can wait for replicas.</summary>
    private async Task<long> ConfirmAsync(Budget left)
    {
        if (options.WaitReplicas == 0)
            return 0;
        var attempt = await calls.TryAsync(
            () => _replicas.ConfirmedAsync(() => Database.HashSetAsync(layout.Head, [new HashEntry("format", format.Name)], CommandFlags.DemandMaster)), left);
        return attempt.Answer;
    }

    private AppendScript Command(LogHead expected, long bridge, IReadOnlyList<LogEntry> entries, IReadOnlyList<ResealedSegment> resealed) =>
        new(layout, format, expected, bridge, entries, resealed, options);

    /// <summary>
    /// Objects never change: where a line gives way in one, a new object is written before the append, which then names it instead. The old one is deleted
    /// later, by <see cref="RedisVaultSealer"/>.
    /// </summary>
    private async Task<IReadOnlyList<ResealedSegment>> ResealAsync(IReadOnlyList<LogEntry> entries, CancellationToken cancellation)
    {
        var segments = new List<ResealedSegment>();
        if (options.Archive is null)
            return segments;
        foreach (var lines in entries.Select(entry => entry.Replaces).OfType<LineReplacement>().GroupBy(line => line.Position / layout.SegmentLines))
        {
            if (await _lines.SealedAsync(LogStream.Events, lines.First().Position, cancellation) is not { } old)
                continue;
            var content = (await _lines.SegmentAsync(LogStream.Events, old, cancellation))
                .With(lines.Select(line => ((int)(line.Position % layout.SegmentLines), line.Line)));
            segments.Add(new ResealedSegment(old, await _lines.StoreAsync(LogStream.Events, lines.Key, content, cancellation)));
        }
        return segments;
    }

    private AppendOutcome.Appended Appended(AppendScript command, RedisEnd before, long replicas)
    {
        Observe(command.After, before);
        if (replicas >= options.WaitReplicas)
            return new AppendOutcome.Appended(command.After.Head);
        throw new VaultStorageException(
            VaultStorageFailure.OutcomeUnknown,
            $"The events are stored, but {replicas} of {options.WaitReplicas} replicas confirmed them within {options.WaitTimeout.TotalSeconds:0.#} s: a fail-over now could lose them.");
    }

    /// <summary>Whether the log holds the last entry of an append where it belongs.</summary>
    private async Task<bool> HoldsAsync(AppendScript command)
    {
        try
        {
            var lines = await _lines.ReadAsync(LogStream.Events, command.After.Head.Count - 1, 1, 1, CancellationToken.None);
            return lines.Count > 0 && command.LastEvent.Span.SequenceEqual(lines[0].Span);
        }
        catch (VaultStorageException failure)
        {
            throw RedisFailures.Unknown("the append", failure);
        }
    }
}
