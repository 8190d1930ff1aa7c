using System.Text.Json;
using Granary.Vault.Canonical;
using Granary.Vault.Storage;

namespace Granary.Vault.Backpack.Events;

/// <summary>Where an actor's next event links to.</summary>
/// <param name="PreviousId">The id of the actor's last event, or null before the first.</param>
/// <param name="LogicalTime">The next event's <c>ts_logical</c>, from 1.</param>
/// <param name="LastTimestamp">The last event's time as written, or null.</param>
public readonly record struct ChainLink(string? PreviousId, long LogicalTime, string? LastTimestamp)
{
    /// <summary>The link of an actor's first event.</summary>
    public static ChainLink First { get; } = new(null, 1, null);

    /// <summary>The time to write: now, or the last event's time where the clock has gone back, so that times never decrease within a chain.</summary>
    public string Timestamp(DateTimeOffset now) =>
        EventTimestamp.TryParse(LastTimestamp, out var last) && last > now ? EventTimestamp.Format(last) : EventTimestamp.Format(now);
}

/// <summary>
/// The end of each actor's chain, fed with a log's events in file order (specification 3.5), and whether the vault has been sealed. One writer
/// keeps it in memory, so an append looks at no earlier event. Not for use by several threads at once.
/// </summary>
public sealed class BackpackChains
{
    private const int PageLines = 512;
    private const int PageBytes = 1024 * 1024;

    private readonly Dictionary<string, ChainLink> _ends = [];
    private readonly Dictionary<string, ChainLink> _ahead = [];

    /// <summary>How many events it has taken.</summary>
    public long Position { get; private set; }

    /// <summary>The id of the event that sealed the vault, or null: a sealed vault takes no events.</summary>
    public string? SealEventId { get; private set; }

    /// <summary>The id of the log's last event, or null before the first.</summary>
    public string? LastEventId { get; private set; }

    /// <summary>The position of the last key promotion, or null where there is none.</summary>
    public long? LastPromotion { get; private set; }

    /// <summary>The position of a key revocation that no promotion has followed yet, or null.</summary>
    public long? LoneRevocation { get; private set; }

    /// <summary>The position of the last redaction, or null where there is none.</summary>
    public long? LastRedaction { get; private set; }

    /// <summary>The actors, in no particular order.</summary>
    public IReadOnlyCollection<string> Actors => _ends.Keys;

    /// <summary>Where the actor's next event links to, after those that were built and not appended yet.</summary>
    public ChainLink Next(string actor) => _ahead.TryGetValue(actor, out var ahead) ? ahead : _ends.GetValueOrDefault(actor, ChainLink.First);

    /// <summary>An event was built that is to be appended; others may be built upon it.</summary>
    public void Expect(PreparedBackpackEvent prepared, BuiltBackpackEvent built) =>
        _ahead[prepared.Actor] = new ChainLink(built.EventId, Next(prepared.Actor).LogicalTime + 1, built.Timestamp);

    /// <summary>What was expected is taken from the log, or will not come.</summary>
    public void Forget() => _ahead.Clear();

    /// <summary>Takes the next event of the log; events of the other schema (specification 3.13) are counted only.</summary>
    public void Apply(in BackpackEvent written)
    {
        var position = Position++;
        if (written.IsSovereign || written.Actor is not { } actor || written.Id is not { } id)
            return;
        var end = _ends.GetValueOrDefault(actor, ChainLink.First);
        LastEventId = id;
        // The counter goes on after events of writers that leave it out.
        var logical = Math.Max(end.LogicalTime, written.LogicalTime is { } said and < long.MaxValue ? said : 0);
        _ends[actor] = new ChainLink(id, logical + 1, Later(end.LastTimestamp, written.Timestamp));
        if (written.IsType("com.provara.vault.seal"u8))
            Note(EventTypes.Seal, id, position);
        else if (written.IsType("KEY_REVOCATION"u8))
            Note(EventTypes.KeyRevocation, id, position);
        else if (written.IsType("KEY_PROMOTION"u8))
            Note(EventTypes.KeyPromotion, id, position);
        else if (written.IsType("com.provara.redaction"u8))
            Note(EventTypes.Redaction, id, position);
    }

    /// <summary>Takes the next line of the log, in whatever form; what is not an event is counted only.</summary>
    public void Apply(ReadOnlySpan<byte> line)
    {
        using var scratch = new PooledBuffer(line.Length + 16);
        if (BackpackEvent.TryRead(line, scratch, out var written))
            Apply(written);
        else
            Position++;
    }

    /// <summary>Takes an event that was just built at its actor's end and appended; its line need not be read for that.</summary>
    public void Apply(PreparedBackpackEvent prepared, BuiltBackpackEvent built)
    {
        var position = Position++;
        LastEventId = built.EventId;
        _ends[prepared.Actor] = new ChainLink(
            built.EventId, _ends.GetValueOrDefault(prepared.Actor, ChainLink.First).LogicalTime + 1, built.Timestamp);
        Note(prepared.Type, built.EventId, position);
    }

    /// <summary>Takes an event that was just built.</summary>
    public void Apply(BuiltBackpackEvent built) => Apply(new BackpackEvent(built.Entry.Event.Span));

    /// <summary>Takes what the log holds beyond <see cref="Position"/>.</summary>
    public async Task CatchUpAsync(IVaultReader reader, CancellationToken cancellation)
    {
        while (Position < reader.Count(LogStream.Events))
        {
            var page = await reader.ReadAsync(LogStream.Events, Position, PageLines, PageBytes, cancellation);
            if (page.Lines.Count == 0)
                return;
            foreach (var line in page.Lines)
                Apply(line.Span);
        }
    }

    /// <summary>What <see cref="Restore"/> takes: JSON in UTF-8.</summary>
    public byte[] Snapshot() =>
        JsonSerializer.SerializeToUtf8Bytes(
            new Saved(Position, SealEventId, LastEventId, LastPromotion, LoneRevocation, LastRedaction, _ends), BackpackJson.Default.Saved);

    /// <summary>The state that was saved.</summary>
    /// <exception cref="FormatException">It is no such state.</exception>
    public static BackpackChains Restore(ReadOnlySpan<byte> snapshot)
    {
        try
        {
            var saved = JsonSerializer.Deserialize(snapshot, BackpackJson.Default.Saved);
            if (saved is not { Position: >= 0, Ends: not null })
                throw new JsonException();
            var chains = new BackpackChains
            {
                Position = saved.Position,
                SealEventId = saved.SealEventId,
                LastEventId = saved.LastEventId,
                LastPromotion = saved.LastPromotion,
                LoneRevocation = saved.LoneRevocation,
                LastRedaction = saved.LastRedaction,
            };
            foreach (var (actor, end) in saved.Ends)
                chains._ends[actor] = end;
            return chains;
        }
        catch (JsonException failure)
        {
            throw new FormatException("It is not the saved state of a vault's chains.", failure);
        }
    }

    private void Note(string type, string id, long position)
    {
        switch (type)
        {
            case EventTypes.Seal:
                SealEventId ??= id;
                break;
            case EventTypes.KeyRevocation:
                LoneRevocation = position;
                break;
            case EventTypes.KeyPromotion:
                (LastPromotion, LoneRevocation) = (position, null);
                break;
            case EventTypes.Redaction:
                LastRedaction = position;
                break;
        }
    }

    private static string? Later(string? x, string? y) =>
        EventTimestamp.TryParse(y, out var second) && (!EventTimestamp.TryParse(x, out var first) || second >= first) ? y : x;

    internal sealed record Saved(
        long Position,
        string? SealEventId,
        string? LastEventId,
        long? LastPromotion,
        long? LoneRevocation,
        long? LastRedaction,
        Dictionary<string, ChainLink> Ends);
}
