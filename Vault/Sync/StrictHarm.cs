using System.Globalization;
using Granary.Vault.Backpack.Events;
using Granary.Vault.Storage;
using Granary.Vault.Verification;
using Granary.Vault.Verification.Checks;

namespace Granary.Vault.Sync;

/// <summary>
/// What an import would do to a vault that verifies strictly: the rules of strict verification that depend on where an event comes to stand, asked before
/// anything is written. An event that is sound by itself may still fork a chain, fall behind a boundary of trust, or seal with a wrong count.
/// </summary>
internal sealed class StrictHarm(LocalKnowledge local)
{
    private readonly Dictionary<string, string> _ends = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _places = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _lastSigned = new(StringComparer.Ordinal);
    private long _position = local.Count;

    /// <summary>A sentence for each event that would make strict verification fail.</summary>
    public List<string> Found { get; } = [];

    /// <summary>Takes the next event in the order in which they would be appended.</summary>
    public void Take(SyncEvent one)
    {
        var written = new BackpackEvent(one.Line);
        if (Find(one, written) is { } harm)
            Found.Add($"Event {one.Id}: {harm}");
        if (one.Actor is { } actor)
            _ends[actor] = one.Id;
        if (written.KeyId is { } keyId && !one.IsTombstone)
            _lastSigned[keyId] = _position;
        _places[one.Id] = _position++;
    }

    /// <summary>
    /// Whether the vault verifies strictly as it is. Only then there is something to lose; it costs a whole verification, so it is asked where harm was found.
    /// </summary>
    public static async Task<bool> HasSomethingToLoseAsync(IVaultReader vault, CancellationToken cancellation)
    {
        try
        {
            var options = new VerificationOptions { ManifestMayLag = true, MaxFindings = 1 };
            return (await VaultVerifier.RunAsync(vault, options, null, cancellation)).Valid;
        }
        catch (VaultStorageException failure) when (failure.Failure == VaultStorageFailure.NotFound)
        {
            return false;
        }
    }

    private string? Find(SyncEvent one, in BackpackEvent written)
    {
        if (written.IsSovereign)
            return "it is of the other schema, whose signatures are not checked.";
        if (written.Timestamp is null)
            return "it has no timestamp_utc.";
        if (one.Type is { } type && !EventTypes.IsCore(type) && !type.Contains('.', StringComparison.Ordinal))
            return $"its type {type} is neither a core type nor one with a dot.";
        if (!one.IsTombstone && !one.HasOwnId)
            return "its id does not follow from its content.";
        if (written.Signature is null)
            return "it is not signed.";
        return FindFork(one) ?? (written.IsType("KEY_REVOCATION"u8) ? FindDistrust(written) : written.IsType("com.provara.vault.seal"u8) ? FindCount(written) : null);
    }

    private string? FindFork(SyncEvent one)
    {
        if (one.Actor is not { } actor)
            return null;
        var end = _ends.GetValueOrDefault(actor) ?? local.EndOf(actor);
        if (one.PreviousId == end)
            return null;
        return end is null
            ? $"it follows {one.PreviousId} and {actor} has no event here."
            : $"it follows {one.PreviousId ?? "no event"} and the last event of {actor} here is {end}: the actor's chain would fork. "
                + "Let every writer use an actor name of its own, in every vault that is to be brought together.";
    }

    /// <summary>What the revoked key signed behind the boundary of trust, here or in the import, would not count any more.</summary>
    private string? FindDistrust(in BackpackEvent written)
    {
        if (written.PayloadText("trust_boundary_event_id"u8) is not { } boundary || written.PayloadText("revoked_key_id"u8) is not { } keyId)
            return null;
        if (!_places.TryGetValue(boundary, out var until) && !local.TryGetPosition(boundary, out until))
            return $"the last event that it still trusts, {boundary}, is neither in the vault nor before it in the import.";
        return Math.Max(_lastSigned.GetValueOrDefault(keyId, -1), local.LastSignedBy(keyId)) <= until
            ? null
            : $"it revokes {keyId}, whose signatures it trusts up to {boundary}, and this key has signed later events here.";
    }

    private string? FindCount(in BackpackEvent written)
    {
        var said = PayloadNumber(written, "final_event_count"u8);
        return said == _position + 1
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"it seals a vault of {said} events, and this one would have {_position + 1}.");
    }

    private static long? PayloadNumber(in BackpackEvent written, ReadOnlySpan<byte> name) =>
        written.HasPayloadObject && Canonical.CanonicalObject.TryGet(written.Payload, name, out var value)
        && System.Buffers.Text.Utf8Parser.TryParse(value, out long number, out var read) && read == value.Length
            ? number
            : null;
}
