using Granary.Vault.Backpack.Events;
using Granary.Vault.Backpack.Keys;
using Granary.Vault.Verification.Reports;

namespace Granary.Vault.Verification.Backpack;

/// <summary>The checks of events that say something about the vault itself: its birth, its keys, redactions, its seal.</summary>
internal sealed class SpecialChecks(KeyRegistry registry, FindingList findings)
{
    private readonly List<SpecialEvent> _keyEvents = [];
    private readonly List<SpecialEvent> _tombstones = [];
    private readonly Dictionary<string, SpecialEvent> _redactions = new(StringComparer.Ordinal);
    private SpecialEvent? _genesis;
    private SpecialEvent? _seal;

    public int Tombstones => _tombstones.Count;

    public bool IsSealed => _seal is not null;

    /// <summary>The keys that promoted one of the present root keys.</summary>
    public IEnumerable<string> PromotersOfRoots => _keyEvents
        .Where(change => change.Type == EventTypes.KeyPromotion && registry.Find(change.Other) is { } promoted
            && ManifestSigner.IsRoot(promoted) && promoted.PromotionEventId == change.Id)
        .Select(change => change.SignerId).OfType<string>();

    public int Rotations => _keyEvents.Count(change => change.Type == EventTypes.KeyPromotion);

    public void Take(long position, in EventFacts facts)
    {
        if (_seal is not null)
            findings.Add(BackpackRules.SealClosed, position, facts.Id, $"The vault was sealed at position {_seal.Position}; nothing may follow.");
        if (facts.Special is not { } special)
            return;
        if (special.IsTombstone)
            _tombstones.Add(special);
        else if (special.Type == EventTypes.Genesis && position == 0)
            _genesis = special;
        else if (special.Type is EventTypes.KeyRevocation or EventTypes.KeyPromotion)
            _keyEvents.Add(special);
        else if (special is { Type: EventTypes.Redaction, Target: { } target })
            TakeRedaction(target, special);
        else if (special.Type == EventTypes.Seal)
            TakeSeal(special);
    }

    public void Finish(GenesisRecord? genesis, LinkChecks links)
    {
        CheckGenesis(genesis);
        foreach (var tombstone in _tombstones)
            CheckTombstone(tombstone);
        foreach (var change in _keyEvents)
            CheckKeyEvent(change, links);
    }

    // The first signed one counts: an unsigned one that somebody put in before it must not hide it.
    private void TakeRedaction(string target, SpecialEvent redaction)
    {
        if (!_redactions.TryGetValue(target, out var known) || (!known.IsSigned && redaction.IsSigned))
            _redactions[target] = redaction;
    }

    private void TakeSeal(SpecialEvent seal)
    {
        _seal ??= seal;
        if (seal.Value != (seal.Position + 1).ToString(System.Globalization.CultureInfo.InvariantCulture))
            findings.Add(
                BackpackRules.SealCount, seal.Position, seal.Id,
                $"The seal says that the vault holds {seal.Value ?? "no number of"} events; with it there are {seal.Position + 1}.");
    }

    private void CheckGenesis(GenesisRecord? genesis)
    {
        if (_genesis is not { } birth)
        {
            findings.Add(BackpackRules.Genesis, 0, null, "The first event is not the vault's GENESIS.");
            return;
        }
        if (genesis is not null && (birth.Target != genesis.Uid || birth.Other != genesis.RootKeyId))
            findings.Add(BackpackRules.Genesis, 0, birth.Id, "The GENESIS event and identity/genesis.json name different vaults or root keys.");
        if (birth.SignerId != birth.Other)
            findings.Add(BackpackRules.Genesis, 0, birth.Id, $"The GENESIS event is signed by {birth.SignerId ?? "nobody"}, not by the root key it names.");
    }

    private void CheckTombstone(SpecialEvent tombstone)
    {
        if (!_redactions.TryGetValue(tombstone.Id, out var redaction))
            findings.Add(
                BackpackRules.NoRedaction, tombstone.Position, tombstone.Id,
                "The payload says that it was redacted, and no event of the log says so.");
        else if (!redaction.IsSigned)
            findings.Add(
                BackpackRules.RedactionUnsigned, tombstone.Position, tombstone.Id,
                $"The payload is hidden by {redaction.Id}, which no key of the vault vouches for.");
        else if (redaction.Id != tombstone.Other)
            findings.Add(
                BackpackRules.RedactionDiffers, tombstone.Position, tombstone.Id,
                $"The tombstone names {tombstone.Other ?? "no event"}, and the redaction is {redaction.Id}.");
        findings.Add(BackpackRules.Tombstone, tombstone.Position, tombstone.Id, "The payload was redacted; its signature cannot be checked any more.");
    }

    private void CheckKeyEvent(SpecialEvent change, LinkChecks links)
    {
        if (change.Type == EventTypes.KeyRevocation)
            CheckRevocation(change, links);
        else
            CheckPromotion(change);
    }

    private void CheckRevocation(SpecialEvent change, LinkChecks links)
    {
        if (change.SignerId == change.Target || IsRevokedBefore(change.SignerId, change))
            Add(BackpackRules.RotationSigner, change, $"The revocation is signed by {change.SignerId}, which is the revoked key itself or was revoked before.");
        if (change.Other is null)
            Add(BackpackRules.NoBoundary, change, "The revocation names no event up to which the key is trusted; it is trusted up to the revocation.");
        else if (!links.Has(change.Other))
            Add(BackpackRules.UnknownBoundary, change, $"The boundary of trust, {change.Other}, is not in the log.");
        if (registry.Find(change.Target) is { IsActive: true })
            Add(BackpackRules.Status, change, $"{KeyRegistry.FileName} has {change.Target} as active, and this event revokes it.");
    }

    private void CheckPromotion(SpecialEvent change)
    {
        if (change.SignerId == change.Other)
            Add(BackpackRules.SelfSigned, change, "The new key signed its own promotion.");
        else if (IsRevokedBefore(change.SignerId, change))
            Add(BackpackRules.RotationSigner, change, $"The promotion is signed by {change.SignerId}, which was revoked before.");
        if (!_keyEvents.Any(other => other.Type == EventTypes.KeyRevocation && other.Position < change.Position && other.Target == change.Target))
            Add(BackpackRules.Sequence, change, $"No revocation of {change.Target ?? "a key"} comes before this promotion.");
        var registered = registry.Find(change.Other)?.Key;
        if (registered is null || Convert.ToBase64String(registered.Raw) != change.Value)
            Add(BackpackRules.PromotedKey, change, $"{KeyRegistry.FileName} does not have the key {change.Other ?? "(none)"} that this event promotes.");
    }

    private bool IsRevokedBefore(string? keyId, SpecialEvent change) =>
        _keyEvents.Any(other => other.Type == EventTypes.KeyRevocation && other.Position < change.Position && other.Target == keyId);

    private void Add(Rule rule, SpecialEvent change, string reason) => findings.Add(rule, change.Position, change.Id, reason);
}
