using Granary.Vault.Backpack;
using Granary.Vault.Backpack.Events;
using Granary.Vault.Backpack.Keys;
using Granary.Vault.Keys;
using Granary.Vault.Storage;

namespace Granary.Vault.Sync;

/// <summary>Checks events of an import one after the other, with the keys as they are at that point of the order.</summary>
internal sealed class ImportChecks(
    KeyRegistry registry, IReadOnlyList<RegisteredKey> offered, ImportOptions options, LocalKnowledge local, Dictionary<string, SyncEvent> incoming)
{
    private readonly Dictionary<string, SyncEvent> _revocations = new(StringComparer.Ordinal);
    private readonly HashSet<string> _sound = new(StringComparer.Ordinal);
    private readonly List<SyncEvent> _tombstones = [];
    private readonly List<LaterDocument> _registries = [];
    private KeyRegistry? _next;
    private bool _wasRotated;
    private int _checked;

    public List<string> Errors { get; } = [];

    public List<string> Admitted { get; } = [];

    private KeyRegistry Registry => _next ?? registry;

    public void Check(SyncEvent one)
    {
        _checked++;
        if (FindProblem(one) is { } problem)
            Errors.Add($"Event {one.Id}: {problem}");
        else
            _sound.Add(one.Id);
    }

    /// <summary>A tombstone's payload, and with it the proof, is gone: the redaction that names it, signed by a key that counts, stands for it.</summary>
    public void CheckTombstones()
    {
        foreach (var tombstone in _tombstones)
        {
            var redactionId = new BackpackEvent(tombstone.Line).PayloadText("redaction_event_id"u8);
            var isOwn = local.Redactions.TryGetValue(tombstone.Id, out var own) && own.Id == redactionId;
            var isBrought = redactionId is not null && _sound.Contains(redactionId) && incoming[redactionId].Redacts == tombstone.Id;
            if (!isOwn && !isBrought)
                Errors.Add($"Event {tombstone.Id}: its payload is redacted, and no sound redaction event names it.");
        }
        foreach (var revocation in _revocations.Values)
            Errors.Add($"Event {revocation.Id}: it revokes a key, and the promotion of the one that takes its place is not in the import; import both.");
    }

    /// <summary>Adds the registries that follow from a change's events.</summary>
    public VaultChange Complete(VaultChange change) => change with { After = [.. _registries] };

    private string? FindProblem(SyncEvent one)
    {
        var written = new BackpackEvent(one.Line);
        if (written.IsSovereign)
            return options.Strict ? "it is of the other schema, whose signatures are not checked; import it with strict false." : null;
        if (written.Id is null || one.Type is null || string.IsNullOrEmpty(one.Actor) || !written.HasPayloadObject)
            return "it lacks one of event_id, type, actor and payload, or one is of another type.";
        if (FindChainProblem(one) is { } chain)
            return chain;
        if (one.IsTombstone)
        {
            _tombstones.Add(one);
            return null;
        }
        if (!one.HasOwnId && (options.Strict || written.HasHashedId))
            return "its id does not follow from its content.";
        if (written.Signature is null)
            return options.Strict || EventTypes.IsOperation(one.Type) ? "it is not signed." : null;
        if (FindKey(written.KeyId) is not { } key)
            return FindOffered(written.KeyId)?.Problem is { } weak
                ? $"its key {written.KeyId} {weak}."
                : $"its key {written.KeyId ?? "(none)"} is not an active key of the vault, and nobody vouches for it.";
        if (!written.IsSignedBy(key))
            return $"its signature is not that of key {written.KeyId}.";
        return FollowKeys(one, written);
    }

    private string? FindChainProblem(SyncEvent one)
    {
        if (!options.Strict || one.PreviousId is not { } previous)
            return null;
        if (!local.TryGetActor(previous, out var actor))
        {
            if (!_sound.Contains(previous) && _tombstones.All(tombstone => tombstone.Id != previous))
                return $"the event it follows, {previous}, is neither in the vault nor, sound, in the import.";
            actor = incoming[previous].Actor;
        }
        return actor == one.Actor ? null : $"the event it follows, {previous}, is another actor's.";
    }

    private PublicKey? FindKey(string? keyId)
    {
        if (Registry.Find(keyId) is { } known)
            return known is { IsActive: true, HasOwnId: true } ? known.Key : null;
        if (FindOffered(keyId) is not { HasOwnId: true, IsActive: true } peer)
            return null;
        Replace(Registry.Admit(peer.Key!, peer.CreatedAt ?? ""));
        Admitted.Add(peer.KeyId);
        return peer.Key;
    }

    /// <summary>A key that came with the events and that the caller vouches for.</summary>
    private RegisteredKey? FindOffered(string? keyId) =>
        keyId is not null && options.TrustedKeys.Contains(keyId) ? offered.Where(key => key.KeyId == keyId).MinBy(key => key.Problem is null ? 0 : 1) : null;

    /// <summary>A revocation counts together with the promotion that follows it.</summary>
    private string? FollowKeys(SyncEvent one, in BackpackEvent written)
    {
        if (written.IsType("KEY_REVOCATION"u8))
            _revocations[one.Id] = one;
        if (!written.IsType("KEY_PROMOTION"u8))
            return null;
        var revocation = one.PreviousId is { } previous ? _revocations.GetValueOrDefault(previous) : null;
        if (revocation is null || KeyRotation.Follow(Registry, revocation.Line, one.Line) is not { } next)
            return "it promotes a key without being signed, together with the revocation before it, by another authority of the vault.";
        _revocations.Remove(revocation.Id);
        _wasRotated = true;
        Replace(next);
        Admitted.Add(written.PayloadText("new_key_id"u8)!);
        return null;
    }

    private void Replace(KeyRegistry next)
    {
        _next = next;
        _registries.Add(new LaterDocument(new VaultDocument(KeyRegistry.FileName, next.Write(afterRotation: _wasRotated)), _checked));
    }
}
