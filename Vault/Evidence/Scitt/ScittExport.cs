using System.Text.Json;
using Granary.Vault.Backpack.Events;
using Granary.Vault.Backpack.Keys;
using Granary.Vault.Canonical;
using Granary.Vault.Proofs;
using Granary.Vault.Storage;
using Granary.Vault.Verification;
using Granary.Vault.Verification.Checks;
using Granary.Vault.Verification.Reports;

namespace Granary.Vault.Evidence.Scitt;

/// <summary>
/// The export <c>scitt-compat</c> (specification 8): <c>statements/&lt;event_id&gt;.json</c>, each with the way to it, an inclusion proof over the event
/// log, its signature and its receipt; <c>index.json</c>; <c>keys.json</c>; <c>verification_report.json</c>.
/// </summary>
public static class ScittExport
{
    /// <summary>Makes the bundle.</summary>
    /// <param name="reader">A Backpack vault.</param>
    /// <param name="head">The signed head that the proofs are for, or null for the log as it is.</param>
    /// <param name="time">When it is made.</param>
    /// <param name="progress">Told how many events have been verified.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="EvidenceException">The vault is not a Backpack vault, or smaller than the head says.</exception>
    /// <exception cref="VaultStorageException">The store's reasons.</exception>
    public static async Task<IReadOnlyList<EvidenceFile>> CreateAsync(
        IVaultReader reader, SignedHead? head, DateTimeOffset time, IProgress<long>? progress, CancellationToken cancellation)
    {
        if (await reader.ReadDocumentAsync(KeyRegistry.FileName, cancellation) is not { } keys)
            throw new EvidenceException("The vault has no identity/keys.json; statements are exported from Backpack vaults.");
        var count = reader.Count(LogStream.Events);
        if (head is not null && head.Count > count)
            throw new EvidenceException($"The signed head is for {head.Count} events, and the vault has {count}.");
        var collector = new ScittCollector();
        await collector.RunAsync(reader, head?.Count ?? count, cancellation);
        var registry = KeyRegistry.Read(keys.Span);
        var report = await VaultVerifier.RunAsync(reader, new VerificationOptions { Head = head, ManifestMayLag = true }, progress, cancellation);
        var when = EventTimestamp.Format(time);
        return
        [
            .. collector.Statements.Select(
                statement => EvidenceJson.File(NameOf(statement), json => Write(statement, collector.Tree, head, when, registry, json))),
            EvidenceJson.File("index.json", json => WriteIndex(collector.Statements, when, json)),
            EvidenceFile.Of("keys.json", keys),
            EvidenceJson.File("verification_report.json", json => WriteReport(collector.Statements, report, json)),
        ];
    }

    private static void Write(ScittStatement statement, FullEventTree tree, SignedHead? head, string when, KeyRegistry registry, Utf8JsonWriter json)
    {
        json.WriteRaw("statement", statement.Line);
        json.WriteStartObject("chain_proof");
        json.WriteString("actor", statement.Event.Actor);
        json.WriteBoolean("valid", statement.IsLinked);
        json.WriteStartArray("chain_segment");
        foreach (var step in statement.Segment)
        {
            json.WriteStartObject();
            json.WriteString("event_id", step.Id);
            json.WriteString("prev_event_hash", step.PreviousId);
            json.WriteString("type", step.Type);
            json.WriteString("timestamp_utc", step.Timestamp);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
        WriteProof(tree.Prove(statement.Position, statement.EntryHash), head, when, json);
        WriteSignature(statement.Event, registry, json);
        if (statement.Receipt is { } receipt)
            json.WriteRaw("receipt", receipt);
        else
            json.WriteNull("receipt");
    }

    private static void WriteProof(InclusionProof proof, SignedHead? head, string when, Utf8JsonWriter json)
    {
        json.WriteStartObject("merkle_proof");
        json.WriteString("algorithm", "RFC 6962 over the event log");
        json.WriteString("root", proof.Root);
        json.WriteString("timestamp", head?.SignedAt ?? when);
        json.WriteRaw("inclusion", proof.Write());
        if (head is null)
            json.WriteNull("signed_head");
        else
            json.WriteRaw("signed_head", head.Write());
        json.WriteEndObject();
    }

    private static void WriteSignature(BackpackEvent written, KeyRegistry registry, Utf8JsonWriter json)
    {
        var key = registry.Find(written.KeyId)?.Key;
        json.WriteStartObject("signature");
        json.WriteString("key_id", written.KeyId);
        json.WriteString("public_key_b64", key is null ? null : Convert.ToBase64String(key.Raw));
        json.WriteString("sig", written.Signature);
        json.WriteBoolean("valid", key is not null && written.IsSignedBy(key));
        json.WriteEndObject();
    }

    private static void WriteIndex(List<ScittStatement> statements, string when, Utf8JsonWriter json)
    {
        json.WriteString("format", "scitt-compat");
        json.WriteString("generated_at_utc", when);
        json.WriteNumber("statement_count", statements.Count);
        json.WriteStartArray("statements");
        foreach (var statement in statements)
        {
            json.WriteStartObject();
            json.WriteString("event_id", statement.Id);
            json.WriteString("statement_hash", statement.Event.PayloadText("statement_hash"u8));
            json.WriteString("subject", statement.Event.PayloadText("subject"u8));
            json.WriteString("issuer", statement.Event.PayloadText("issuer"u8));
            json.WriteString("file", NameOf(statement));
            json.WriteBoolean("has_receipt", statement.Receipt is not null);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteReport(List<ScittStatement> statements, VaultReport report, Utf8JsonWriter json)
    {
        json.WriteNumber("statements", statements.Count);
        json.WriteNumber("statements_linked", statements.Count(statement => statement.IsLinked));
        json.WritePropertyName("vault");
        ReportJson.Write(report, null, json);
    }

    // Ids come from the log's writer, and one becomes a file name here.
    private static string NameOf(ScittStatement statement)
    {
        var isPlain = statement.Id.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-') && statement.Id.Length is > 0 and <= 64;
        return $"statements/{(isPlain ? statement.Id : $"position_{statement.Position}")}.json";
    }
}
