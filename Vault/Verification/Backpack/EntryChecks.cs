using Granary.Vault.Backpack.Events;
using Granary.Vault.Backpack.Keys;
using Granary.Vault.Canonical;
using Granary.Vault.Keys;
using Granary.Vault.Storage;
using Granary.Vault.Verification.Checks;
using Granary.Vault.Verification.Reports;

namespace Granary.Vault.Verification.Backpack;

/// <summary>All checks of an event that need no other event. They cost the most, and run on all cores.</summary>
internal sealed class EntryChecks(KeyRegistry registry, KeyHistory history)
{
    public CheckedPage Check(EntryPage page)
    {
        using var scratch = new PooledBuffer(4096);
        var result = new CheckedPage(page);
        for (var i = 0; i < page.Count; i++)
        {
            if (BackpackEvent.TryRead(page.EventAt(i), scratch, out var written))
                new OneEvent(result, i, written).Check(registry, history);
            else
                result.Problems.Add((i, BackpackRules.Json, "The line is not a JSON object."));
        }
        return result;
    }

    /// <summary>One event under examination.</summary>
    private readonly ref struct OneEvent(CheckedPage result, int index, BackpackEvent written)
    {
        private readonly BackpackEvent _written = written;
        private readonly string? _type = written.Type;
        private readonly string? _keyId = written.KeyId;
        private readonly bool _isTombstone = written.IsTombstone;

        public void Check(KeyRegistry registry, KeyHistory history)
        {
            ref var facts = ref result.Facts[index];
            facts.Id = _written.Id;
            facts.EntryHash = _written.EntryHash();
            if (!_written.IsCanonical)
                Add(BackpackRules.Canonical, "The line is not in canonical form.");
            if (_written.IsSovereign)
            {
                Add(BackpackRules.Sovereign, "It is an event of another schema, whose signature is not checked here.");
                return;
            }
            facts.Actor = _written.Actor;
            facts.Timestamp = _written.Timestamp;
            CheckFields(facts);
            CheckForm();
            if (facts.Id is { } id)
            {
                facts.Key = EventKey.Of(id);
                CheckId(ref facts);
            }
            facts.HasPrevious = !_written.IsFirstOfActor;
            if (_written.PreviousId is { } previous)
                facts.Previous = EventKey.Of(previous);
            facts.IsSigned = CheckSignature(registry, history);
            facts.Special = Special(facts);
        }

        private void CheckFields(in EventFacts facts)
        {
            if (facts.Id is null || _type is null || facts.Actor is null)
                Add(BackpackRules.RequiredFields, "The event lacks one of event_id, type and actor, or one is not a string.");
            if (_keyId is null || facts.Timestamp is null || !_written.HasPayloadObject)
                Add(BackpackRules.OtherFields, "The event lacks one of actor_key_id, timestamp_utc and payload, or one is of another type.");
            if (facts.Timestamp is { } time && !EventTimestamp.TryParse(time, out _)
                && !EventTimestamp.TryParse(time.Replace("Z", "+00:00", StringComparison.Ordinal), out _))
                Add(BackpackRules.Timestamp, "The event's time is not ISO 8601 in UTC.");
        }

        private void CheckForm()
        {
            if (_type is not { } type)
                return;
            if (EventTypes.RequiredNamespace(type) is { } needed && _written.Namespace != needed)
                Add(BackpackRules.Namespace, $"A {type} belongs to the namespace {needed}; this one has {_written.Namespace ?? "none"}.");
            if (!EventTypes.IsCore(type) && !type.Contains('.', StringComparison.Ordinal))
                Add(BackpackRules.Type, "The type is neither a core type nor a custom one with a dot.");
            else if (!EventTypes.IsCore(type) && !EventTypes.IsCustom(type))
                Add(BackpackRules.TypeStyle, "The custom type is not a lower-case reverse domain of three labels or more.");
            if (!_isTombstone && PayloadNeeds.Missing(type, _written) is { } missing)
                Add(BackpackRules.Payload, $"The payload of a {type} needs {missing}.");
        }

        private void CheckId(ref EventFacts facts)
        {
            if (!_written.HasHashedId)
            {
                Add(BackpackRules.IdForm, "The id is not evt_ and 24 hexadecimal digits: it is no hash of the content.");
                return;
            }
            if (_isTombstone)
                return;
            var style = _written.FindIdStyle();
            facts.IsStyleB = style == EventIdStyle.BeforeKey;
            if (style == EventIdStyle.None)
                Add(BackpackRules.Id, "The id does not follow from the content: the event was changed after it was written.");
        }

        private bool CheckSignature(KeyRegistry registry, KeyHistory history)
        {
            if (!_written.HasSignature)
            {
                Add(BackpackRules.Unsigned, "The event is not signed.");
                return false;
            }
            if (registry.Find(_keyId)?.Key is not { } key)
            {
                Add(BackpackRules.UnknownKey, $"The signing key {_keyId ?? "(none)"} is not one of the vault's.");
                return false;
            }
            // What a tombstone's signature was over is gone; its redaction has to vouch for it.
            return !_isTombstone && CheckSpelling(key) && CheckKey(registry, history);
        }

        private bool CheckSpelling(PublicKey key)
        {
            if (_written.IsSignedBy(key))
                return true;
            var (rule, reason) = LenientBase64.Decode(_written.Signature!) is not { } signature
                ? (BackpackRules.SignatureForm, "The signature is not 64 bytes in Base64.")
                : IsSignature(key, signature)
                    ? (BackpackRules.SignatureSpelling,
                        "The signature is written in Base64 with foreign characters or stray bits: one signature must have one spelling.")
                    : (BackpackRules.Signature, $"The signature is not that of key {_keyId} over the event.");
            Add(rule, reason);
            return false;
        }

        private bool CheckKey(KeyRegistry registry, KeyHistory history)
        {
            switch (history.StateAt(_keyId, result.Page.Position + index))
            {
                case KeyState.NotYet:
                    Add(BackpackRules.KeyNotYet, $"The key {_keyId} had not been promoted when it signed this.");
                    return false;
                case KeyState.Suspect:
                    Add(BackpackRules.KeySuspect, $"The key {_keyId} was revoked, and this lies behind the event up to which it is trusted.");
                    return false;
                default:
                    if (!registry.Find(_keyId)!.IsActive)
                        Add(BackpackRules.KeyRevokedLater, $"The key {_keyId} was revoked later; here it still counted.");
                    return true;
            }
        }

        private SpecialEvent? Special(in EventFacts facts)
        {
            var (target, other, value) = _type switch
            {
                EventTypes.Genesis => ("uid", "root_key_id", ""),
                EventTypes.KeyRevocation => ("revoked_key_id", "trust_boundary_event_id", ""),
                EventTypes.KeyPromotion => ("replaces_key_id", "new_key_id", "new_public_key_b64"),
                EventTypes.Redaction => ("target_event_id", "", ""),
                EventTypes.Seal => ("", "", ""),
                _ => (null, "", ""),
            };
            if ((target is null && !_isTombstone) || facts.Id is null || _type is null)
                return null;
            return new SpecialEvent(_type, _keyId)
            {
                Position = result.Page.Position + index,
                Id = facts.Id,
                IsSigned = facts.IsSigned,
                IsTombstone = _isTombstone,
                Target = Payload(target),
                Other = Payload(_isTombstone ? "redaction_event_id" : other),
                Value = _type == EventTypes.Seal ? FinalCount() : Payload(value),
            };
        }

        private string? Payload(string? name) => string.IsNullOrEmpty(name) ? null : _written.PayloadText(System.Text.Encoding.ASCII.GetBytes(name));

        private string? FinalCount() =>
            _written.HasPayloadObject && CanonicalObject.TryGet(_written.Payload, "final_event_count"u8, out var count)
                ? System.Text.Encoding.UTF8.GetString(count)
                : null;

        private bool IsSignature(PublicKey key, byte[] signature)
        {
            using var signed = new PooledBuffer(_written.Text.Length);
            _written.WriteSigned(signed);
            return key.Verify(signed.Written, signature);
        }

        private void Add(Rule rule, string reason) => result.Problems.Add((index, rule, reason));
    }
}
