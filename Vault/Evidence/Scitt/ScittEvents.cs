using System.Text.Json.Nodes;
using Granary.Vault.Backpack.Events;
using Granary.Vault.Canonical;

namespace Granary.Vault.Evidence.Scitt;

/// <summary>The two events of a transparency service (SCITT) that a log can hold (specification 8): a signed statement, and the receipt for one.</summary>
public static class ScittEvents
{
    /// <summary>The type of a statement.</summary>
    public const string Statement = "com.ietf.scitt.signed_statement";

    /// <summary>The type of a receipt.</summary>
    public const string Receipt = "com.ietf.scitt.receipt";

    /// <summary>Whose chain they join by default.</summary>
    public const string DefaultActor = "scitt_agent";

    /// <summary>Prepares a statement.</summary>
    /// <param name="statementHash">SHA-256 of what is stated, 64 hex digits.</param>
    /// <param name="contentType">Its media type.</param>
    /// <param name="subject">What it is about.</param>
    /// <param name="issuer">Who states it.</param>
    /// <param name="coseEnvelope">The COSE envelope in Base64, or null.</param>
    /// <param name="actor">Whose chain it joins.</param>
    /// <exception cref="EvidenceException">A field will not do.</exception>
    public static PreparedBackpackEvent PrepareStatement(
        string statementHash, string contentType, string subject, string issuer, string? coseEnvelope = null, string actor = DefaultActor)
    {
        if (!Proofs.EventTree.IsHash(statementHash))
            throw new EvidenceException("statement_hash must be 64 lower-case hexadecimal digits: the SHA-256 of what is stated.");
        var payload = new JsonObject
        {
            ["statement_hash"] = statementHash,
            ["content_type"] = Text(contentType, "content_type"),
            ["subject"] = Text(subject, "subject"),
            ["issuer"] = Text(issuer, "issuer"),
        };
        if (coseEnvelope is not null)
            payload["cose_envelope_b64"] = Base64(coseEnvelope, "cose_envelope_b64");
        return Prepare(Statement, payload, actor);
    }

    /// <summary>Prepares a receipt.</summary>
    /// <param name="statementEventId">The statement's event.</param>
    /// <param name="transparencyService">The service that gave it.</param>
    /// <param name="inclusionProof">The service's proof: any JSON.</param>
    /// <param name="receipt">The receipt itself in Base64, or null.</param>
    /// <param name="actor">Whose chain it joins.</param>
    /// <exception cref="EvidenceException">A field will not do.</exception>
    public static PreparedBackpackEvent PrepareReceipt(
        string statementEventId, string transparencyService, ReadOnlySpan<byte> inclusionProof, string? receipt = null, string actor = DefaultActor)
    {
        if (!statementEventId.StartsWith("evt_", StringComparison.Ordinal))
            throw new EvidenceException("statement_event_id must be the id of an event: evt_ and 24 hexadecimal digits.");
        var payload = new JsonObject
        {
            ["statement_event_id"] = statementEventId,
            ["transparency_service"] = Text(transparencyService, "transparency_service"),
            ["inclusion_proof"] = Json(inclusionProof),
        };
        if (receipt is not null)
            payload["receipt_b64"] = Base64(receipt, "receipt_b64");
        return Prepare(Receipt, payload, actor);
    }

    private static PreparedBackpackEvent Prepare(string type, JsonObject payload, string actor)
    {
        try
        {
            return PreparedBackpackEvent.Create(type, PrettyJson.Write(payload), actor);
        }
        catch (BackpackInputException failure)
        {
            throw new EvidenceException(failure.Message, failure);
        }
    }

    private static JsonNode? Json(ReadOnlySpan<byte> text)
    {
        try
        {
            CanonicalJson.Check(text);
            return JsonNode.Parse(text);
        }
        catch (CanonicalJsonException failure)
        {
            throw new EvidenceException($"inclusion_proof must be JSON: {failure.Message}", failure);
        }
    }

    private static string Text(string text, string name) =>
        string.IsNullOrWhiteSpace(text) ? throw new EvidenceException($"{name} is required: a string that is not empty.") : text;

    private static string Base64(string text, string name) =>
        Convert.TryFromBase64String(text, new byte[text.Length], out _) ? text : throw new EvidenceException($"{name} must be Base64.");
}
