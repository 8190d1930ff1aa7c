using System.Text.Json;
using Granary.Vault.Canonical;
using Granary.Vault.Proofs;
using Granary.Vault.Storage;

namespace Granary.Vault.Evidence.Sigstore;

/// <summary>
/// An anchor in a Sigstore log (specification 8), as a document <c>anchors/*.json</c> of the vault has it. It is read, kept as it is, and its shape is
/// checked; the signature in its bundle is for Sigstore's own tools to check.
/// </summary>
/// <param name="Name">The document.</param>
/// <param name="EventId">The event it anchors, or null where it anchors the vault's files.</param>
/// <param name="MerkleRoot">The root of the vault's manifest then, 64 hex digits.</param>
/// <param name="EventCount">How many events the vault held then.</param>
/// <param name="AnchoredAt">When, as written.</param>
/// <param name="LogIndex">Its place in the Sigstore log.</param>
/// <param name="Problems">What is wrong with its shape; each a sentence.</param>
public sealed record SigstoreAnchor(
    string Name, string? EventId, string? MerkleRoot, long? EventCount, string? AnchoredAt, long? LogIndex, IReadOnlyList<string> Problems)
{
    /// <summary>The folder of the anchors.</summary>
    public const string Folder = "anchors";

    /// <summary>The format that is known.</summary>
    public const string Format = "provara-sigstore-anchor-v1";

    /// <summary>Reads all anchors of a vault.</summary>
    public static async Task<IReadOnlyList<SigstoreAnchor>> ReadAllAsync(IVaultReader reader, CancellationToken cancellation)
    {
        var anchors = new List<SigstoreAnchor>();
        foreach (var name in await reader.ListDocumentsAsync(Folder, cancellation))
        {
            if (name.EndsWith(".json", StringComparison.Ordinal) && await reader.ReadDocumentAsync(name, cancellation) is { } json)
                anchors.Add(Read(name, json));
        }
        return anchors;
    }

    /// <summary>Reads one, whatever it is.</summary>
    public static SigstoreAnchor Read(string name, ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            CanonicalJson.Check(json.Span);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
                return Read(name, document.RootElement);
        }
        catch (JsonException)
        {
            // Said below.
        }
        catch (CanonicalJsonException failure)
        {
            return new SigstoreAnchor(name, null, null, null, null, null, [$"It cannot be used: {failure.Message}"]);
        }
        return new SigstoreAnchor(name, null, null, null, null, null, ["It is not a JSON object."]);
    }

    private static SigstoreAnchor Read(string name, JsonElement root)
    {
        var problems = new List<string>();
        if (Text("format") != Format)
            problems.Add($"format is not {Format}.");
        var merkleRoot = Text("merkle_root");
        if (!EventTree.IsHash(merkleRoot))
            problems.Add("merkle_root is not 64 lower-case hexadecimal digits.");
        foreach (var text in (ReadOnlySpan<string>)["anchor_timestamp", "log_id", "verification_url"])
        {
            if (Text(text) is null)
                problems.Add($"{text} is missing, or is no string.");
        }
        foreach (var number in (ReadOnlySpan<string>)["vault_event_count", "log_index", "integrated_time"])
        {
            if (Number(number) is null)
                problems.Add($"{number} is missing, or is no whole number of 0 or more.");
        }
        if (!root.TryGetProperty("sigstore_bundle", out var bundle) || bundle.ValueKind is not (JsonValueKind.Object or JsonValueKind.String))
            problems.Add("sigstore_bundle is missing.");
        return new SigstoreAnchor(name, Text("event_id"), merkleRoot, Number("vault_event_count"), Text("anchor_timestamp"), Number("log_index"), problems);

        string? Text(string member) => root.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

        long? Number(string member) =>
            root.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= 0
                ? number
                : null;
    }
}
