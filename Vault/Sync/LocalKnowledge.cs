using Granary.Vault.Backpack.Events;
using Granary.Vault.Canonical;
using Granary.Vault.Storage;

namespace Granary.Vault.Sync;

/// <summary>What an import needs to know of the vault, gathered in one pass: memory grows with the import, not with the vault.</summary>
internal sealed class LocalKnowledge
{
    private const int PageLines = 1024;
    private const int PageBytes = 4 * 1024 * 1024;

    private readonly Dictionary<string, SyncEvent> _incoming;
    private readonly HashSet<string> _wanted;
    private readonly HashSet<(string?, string?)> _places;
    private readonly Dictionary<string, string?> _actors = new(StringComparer.Ordinal);
    private readonly Dictionary<(string?, string?), SyncEvent> _atPlace = [];
    private readonly HashSet<string> _targets;
    private readonly HashSet<string> _incomingActors;
    private readonly Dictionary<string, string> _ends = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _boundaries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _lastSigned = new(StringComparer.Ordinal);
    private long _position;

    private LocalKnowledge(Dictionary<string, SyncEvent> incoming)
    {
        _incoming = incoming;
        _targets = incoming.Values.Select(one => one.Redacts).OfType<string>().ToHashSet(StringComparer.Ordinal);
        _wanted = [.. incoming.Keys, .. incoming.Values.Select(one => one.PreviousId).OfType<string>()];
        _places = [.. incoming.Values.Select(one => (one.Actor, one.PreviousId))];
        _incomingActors = incoming.Values.Select(one => one.Actor).OfType<string>().ToHashSet(StringComparer.Ordinal);
        foreach (var revocation in incoming.Values.Where(one => one.Type == EventTypes.KeyRevocation))
        {
            var written = new BackpackEvent(revocation.Line);
            if (written.PayloadText("trust_boundary_event_id"u8) is { } boundary)
                _boundaries[boundary] = -1;
            if (written.PayloadText("revoked_key_id"u8) is { } keyId)
                _lastSigned[keyId] = -1;
        }
    }

    /// <summary>How many events the vault has.</summary>
    public long Count => _position;

    public string? SealEventId { get; private set; }

    /// <summary>Events of which both sides have one, with two contents.</summary>
    public List<string> Conflicts { get; } = [];

    /// <summary>Events that the import redacts, and where they stand.</summary>
    public Dictionary<string, (long Position, SyncEvent Event)> Targets { get; } = new(StringComparer.Ordinal);

    /// <summary>The vault's redactions of events that the import holds, by their target.</summary>
    public Dictionary<string, SyncEvent> Redactions { get; } = new(StringComparer.Ordinal);

    public static async Task<LocalKnowledge> ReadAsync(IVaultReader vault, Dictionary<string, SyncEvent> incoming, CancellationToken cancellation)
    {
        var known = new LocalKnowledge(incoming);
        using var scratch = new PooledBuffer(4096);
        while (known._position < vault.Count(LogStream.Events))
        {
            var page = await vault.ReadAsync(LogStream.Events, known._position, PageLines, PageBytes, cancellation);
            if (page.Lines.Count == 0)
                break;
            foreach (var line in page.Lines)
            {
                if (BackpackEvent.TryRead(line.Span, scratch, out var written))
                    known.Take(written);
                known._position++;
            }
        }
        return known;
    }

    public bool Has(string id) => _incoming.ContainsKey(id) && _actors.ContainsKey(id);

    /// <summary>Whether the vault has the event, and whose it is.</summary>
    public bool TryGetActor(string id, out string? actor) => _actors.TryGetValue(id, out actor);

    /// <summary>The last event of an actor of the import, or null.</summary>
    public string? EndOf(string actor) => _ends.GetValueOrDefault(actor);

    /// <summary>The position of an event that a revocation of the import names as the last one it trusts.</summary>
    public bool TryGetPosition(string boundary, out long position) => _boundaries.TryGetValue(boundary, out position) && position >= 0;

    /// <summary>The last position that a key, which the import revokes, has signed; -1 where there is none.</summary>
    public long LastSignedBy(string keyId) => _lastSigned.GetValueOrDefault(keyId, -1);

    public IReadOnlyList<ForkRecord> FindForks(IEnumerable<SyncEvent> ordered) => LogMerge.FindForks([.. _atPlace.Values, .. ordered]);

    private void Take(in BackpackEvent written)
    {
        if (written.IsType("com.provara.vault.seal"u8))
            SealEventId ??= written.Id;
        if (written.Id is not { } id)
            return;
        if (!written.IsSovereign && written.Actor is { } whose && _incomingActors.Contains(whose))
            _ends[whose] = id;
        if (_boundaries.ContainsKey(id))
            _boundaries[id] = _position;
        if (_lastSigned.Count > 0 && !written.IsTombstone && written.KeyId is { } keyId && _lastSigned.ContainsKey(keyId))
            _lastSigned[keyId] = _position;
        var redacts = written.IsType("com.provara.redaction"u8) ? written.PayloadText("target_event_id"u8) : null;
        var (actor, previous) = (written.IsSovereign ? null : written.Actor, written.PreviousId);
        var isPlace = actor is not null && _places.Contains((actor, previous)) && !_incoming.ContainsKey(id);
        var isTarget = _targets.Contains(id);
        if (_wanted.Contains(id))
            _actors[id] = actor;
        if (_incoming.TryGetValue(id, out var other) && !written.IsTombstone && !other.IsTombstone && !written.Text.SequenceEqual(other.Line))
            Conflicts.Add($"Event {id} is in the vault with another content.");
        if (!isPlace && !isTarget && (redacts is null || !_incoming.ContainsKey(redacts)))
            return;
        using var scratch = new PooledBuffer(written.Text.Length + 16);
        var kept = SyncEvent.Read(written.Text, scratch)!;
        if (isPlace)
            _atPlace.TryAdd((actor, previous), kept);
        if (isTarget)
            Targets[id] = (_position, kept);
        if (redacts is not null)
            Redactions.TryAdd(redacts, kept);
    }
}
