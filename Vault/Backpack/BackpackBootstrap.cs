using System.Text.Json.Nodes;
using Granary.Vault.Backpack.Events;
using Granary.Vault.Backpack.Keys;
using Granary.Vault.Backpack.Manifests;
using Granary.Vault.Canonical;
using Granary.Vault.Keys;
using Granary.Vault.Storage;

namespace Granary.Vault.Backpack;

/// <summary>What a new vault is made of. The keys stay the caller's.</summary>
public sealed record BackpackBirth
{
    /// <summary>The name of the log among a vault's files.</summary>
    public const string LogName = "events/events.ndjson";

    /// <summary>The key of the vault.</summary>
    public required SigningKey Root { get; init; }

    /// <summary>The key that can take the root key's place, kept apart from it; null for none.</summary>
    public SigningKey? Quorum { get; init; }

    /// <summary>The vault's id, a UUID.</summary>
    public required string Uid { get; init; }

    /// <summary>Whose chain the first two events start.</summary>
    public string Actor { get; init; } = "sovereign_genesis";

    /// <summary>Whether the private keys become a document of the vault, as <c>provara init</c> does; the store may wrap it.</summary>
    public bool KeepPrivateKeys { get; init; } = true;

    /// <summary>Whether payloads are to be encrypted, each with a key of its own; who appends does it (<see cref="Changes.Shredding.EncryptAsync"/>).</summary>
    public bool Encrypted { get; init; }

    /// <summary>The sealed vault that this one continues, or null.</summary>
    public Predecessor? Predecessor { get; init; }
}

/// <summary>A vault before it is stored: its documents and its first two events, in the reference's order and bytes (specification 3.7).</summary>
public sealed class BackpackBootstrap
{
    /// <summary>The name of the birth record.</summary>
    public const string GenesisName = "identity/genesis.json";

    private BackpackBootstrap(IReadOnlyList<VaultDocument> documents, IReadOnlyList<LogEntry> entries) => (Documents, Entries) = (documents, entries);

    /// <summary>All documents but the log, manifest and signature among them.</summary>
    public IReadOnlyList<VaultDocument> Documents { get; }

    /// <summary>The birth and the first observation.</summary>
    public IReadOnlyList<LogEntry> Entries { get; }

    /// <summary>The log's head.</summary>
    public LogHead Head => new(Entries.Count, Entries[^1].Hash);

    /// <summary>The log's file.</summary>
    public byte[] Log() => [.. Entries.SelectMany(entry => (byte[])[.. entry.Event.Span, (byte)'\n'])];

    /// <summary>Makes a vault. The clock is read once for each thing that gets a time, in the reference's order.</summary>
    /// <exception cref="BackpackInputException">Uid or actor will not do.</exception>
    public static BackpackBootstrap Create(BackpackBirth birth, TimeProvider time)
    {
        if (string.IsNullOrWhiteSpace(birth.Uid) || birth.Uid.Length > BackpackLimits.MaxActorLength)
            throw new BackpackInputException($"uid must be 1 to {BackpackLimits.MaxActorLength} characters, usually a UUID.");
        var born = Now(time);
        var rootCreated = Now(time);
        var quorumCreated = birth.Quorum is null ? "" : Now(time);
        var rootId = birth.Root.PublicKey.KeyId;
        var registry = KeyRegistry.Create(birth.Root.PublicKey, rootCreated, birth.Quorum?.PublicKey, quorumCreated);
        var documents = new List<VaultDocument>
        {
            new(GenesisName, Genesis(birth, born, rootId)),
            new(KeyRegistry.FileName, registry.Write()),
        };
        if (birth.Encrypted)
            documents.Add(new VaultDocument(EncryptedPayload.ConfigurationName, EncryptedPayload.Configuration(born)));
        documents.AddRange(BackpackPolicies.Documents(rootId, birth.Quorum?.PublicKey.KeyId));
        var made = new BackpackBootstrap(documents, Events(birth, born, rootId, time));
        var files = new ManifestBuilder();
        foreach (var document in documents)
            files.Add(document.Name, document.Content.Span);
        files.Add(BackpackBirth.LogName, made.Log());
        documents.AddRange(SealPoint.Documents(files, birth.Root, time));
        if (birth.KeepPrivateKeys)
            documents.Add(new VaultDocument(
                PrivateKeyFile.FileName, PrivateKeyFile.Write(birth.Quorum is null ? [birth.Root] : [birth.Root, birth.Quorum]), Secret: true));
        return made;
    }

    private static byte[] Genesis(BackpackBirth birth, string born, string rootId)
    {
        var genesis = new JsonObject
        {
            ["uid"] = birth.Uid,
            ["birth_timestamp"] = born,
            ["root_key_id"] = rootId,
            ["governance_model"] = BackpackPolicies.SyncContractName,
            ["initial_ontology_versions"] = new JsonObject { ["perception"] = "perception_ontology_v1.json" },
        };
        if (birth.Predecessor is not null)
            genesis["predecessor_vault"] = birth.Predecessor.ToJson();
        return PrettyJson.Write(genesis);
    }

    private static List<LogEntry> Events(BackpackBirth birth, string born, string rootId, TimeProvider time)
    {
        var payload = new JsonObject { ["birth_timestamp"] = born, ["root_key_id"] = rootId, ["spec_version"] = Manifest.SpecVersion, ["uid"] = birth.Uid };
        if (birth.Predecessor is not null)
            payload["predecessor_vault"] = birth.Predecessor.ToJson();
        var builder = new BackpackEventBuilder(birth.Root);
        var genesis = builder.Build(
            PreparedBackpackEvent.ForOperation(EventTypes.Genesis, PrettyJson.Write(payload), birth.Actor), ChainLink.First, time.GetUtcNow());
        var first = PreparedBackpackEvent.Create(
            EventTypes.Observation, """{"confidence":1.0,"predicate":"status","subject":"system","value":"initialized"}"""u8, birth.Actor);
        return [genesis.Entry, builder.Build(first, new ChainLink(genesis.EventId, 2, genesis.Timestamp), time.GetUtcNow()).Entry];
    }

    private static string Now(TimeProvider time) => EventTimestamp.Format(time.GetUtcNow());
}
