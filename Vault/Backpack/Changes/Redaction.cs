using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Granary.Vault.Backpack.Events;
using Granary.Vault.Canonical;
using Granary.Vault.Storage;

namespace Granary.Vault.Backpack.Changes;

/// <summary>What is to be redacted and why.</summary>
/// <param name="TargetEventId">The event whose payload goes.</param>
/// <param name="Reason">One of <see cref="Redaction.Reasons"/>.</param>
public sealed record RedactionRequest(string TargetEventId, string Reason)
{
    /// <summary>More about the reason, or null. It stays for ever: nothing personal.</summary>
    public string? Detail { get; init; }

    /// <summary>One of <see cref="Redaction.Methods"/>; it is recorded, and all do the same.</summary>
    public string Method { get; init; } = "TOMBSTONE";

    /// <summary>Who ordered it.</summary>
    public string Authority { get; init; } = "System";

    /// <summary>Whose chain the redaction joins.</summary>
    public string Actor { get; init; } = "provara_redactor";
}

/// <summary>
/// Takes a payload away and leaves a tombstone (specification 3.9): id, signature and links stay, and a signed event says who did it. Once: a second
/// redaction returns the first.
/// </summary>
public static class Redaction
{
    /// <summary>The reasons.</summary>
    public static IReadOnlyList<string> Reasons { get; } = ["GDPR_ERASURE", "LEGAL_ORDER", "VOLUNTARY_WITHDRAWAL", "PII_EXPOSURE", "OTHER"];

    /// <summary>The methods.</summary>
    public static IReadOnlyList<string> Methods { get; } = ["TOMBSTONE", "CRYPTO_SHRED", "CONTENT_REPLACE"];

    // Verification needs what these say; none of it is anybody's but the vault's.
    private static readonly FrozenSet<string> Kept =
        FrozenSet.Create(EventTypes.Genesis, EventTypes.KeyRevocation, EventTypes.KeyPromotion, EventTypes.Redaction, EventTypes.CryptoShred, EventTypes.Seal);

    /// <summary>Works out what to append and which line to replace.</summary>
    /// <exception cref="BackpackInputException">The request will not do, or the vault is sealed.</exception>
    public static async Task<VaultChange> PlanAsync(BackpackVault vault, RedactionRequest request, DateTimeOffset time, CancellationToken cancellation)
    {
        vault.RefuseIfSealed();
        if (!Reasons.Contains(request.Reason))
            throw new BackpackInputException($"reason must be one of {string.Join(", ", Reasons)}.");
        if (!Methods.Contains(request.Method))
            throw new BackpackInputException($"method must be one of {string.Join(", ", Methods)}.");
        var target = await EventFinder.RequireAsync(vault.Log, request.TargetEventId, "target_event_id", cancellation);
        return Plan(vault, request, target, time);
    }

    private static VaultChange Plan(BackpackVault vault, RedactionRequest request, FoundEvent target, DateTimeOffset time)
    {
        using var scratch = new PooledBuffer(target.Line.Length + 16);
        if (!BackpackEvent.TryRead(target.Line.Span, scratch, out var written) || !written.HasPayloadObject)
            throw new BackpackInputException($"target_event_id: the event {request.TargetEventId} has no payload object.");
        if (written.IsTombstone)
            return new VaultChange(written.PayloadText("redaction_event_id"u8) ?? "", []);
        if (written.Type is { } type && Kept.Contains(type))
            throw new BackpackInputException($"target_event_id: an event of type {type} is the vault's own record and stays; redact what it speaks of.");
        var payload = new JsonObject
        {
            ["target_event_id"] = request.TargetEventId,
            ["reason"] = request.Reason,
            ["reason_detail"] = request.Detail,
            ["redaction_method"] = request.Method,
            ["authority"] = request.Authority,
        };
        var prepared = PreparedBackpackEvent.ForOperation(EventTypes.Redaction, PrettyJson.Write(payload), request.Actor);
        var built = vault.Builder.Build(prepared, vault.Chains.Next(prepared.Actor), time);
        var line = Tombstone(written, built.EventId, request.Reason);
        return new VaultChange(built.EventId, [built.Entry with { Replaces = new LineReplacement(target.Position, line) }]);
    }

    /// <summary>Whether a payload of this type may be taken away.</summary>
    internal static bool MayRedact(string? type) => type is null || !Kept.Contains(type);

    internal static byte[] Tombstone(in BackpackEvent written, string redactionId, string reason)
    {
        var tombstone = new JsonObject
        {
            ["redacted"] = true,
            ["redaction_event_id"] = redactionId,
            ["original_payload_hash"] = Convert.ToHexStringLower(SHA256.HashData(written.Payload)),
            ["redaction_reason"] = reason,
        };
        return written.WithPayload(CanonicalJson.Canonicalize(PrettyJson.Write(tombstone)));
    }
}
