using System.Text.Json.Nodes;
using Granary.Vault.Canonical;
using Granary.Vault.Keys;

namespace Granary.Vault.Backpack.Keys;

/// <summary>
/// The public keys of a vault: <c>identity/keys.json</c>, whose unknown members survive being changed. It says which keys there are; which of them
/// counted for an event is <see cref="KeyHistory"/>'s to say.
/// </summary>
public sealed class KeyRegistry
{
    /// <summary>The document's name.</summary>
    public const string FileName = "identity/keys.json";

    private readonly JsonObject _root;
    private readonly Dictionary<string, RegisteredKey> _byId = [];

    private KeyRegistry(JsonObject root)
    {
        _root = root;
        Keys = [.. PrettyJson.Objects(root["keys"]).Select(RegisteredKey.From)];
        foreach (var key in Keys)
            _byId.TryAdd(key.KeyId, key);
    }

    /// <summary>The keys in their order; the first is the one the vault was born with.</summary>
    public IReadOnlyList<RegisteredKey> Keys { get; }

    /// <summary>The revocations as written: key, event, time.</summary>
    public IReadOnlyList<(string? KeyId, string? EventId, string? At)> Revocations =>
        [.. PrettyJson.Objects(_root["revocations"]).Select(entry =>
            (PrettyJson.Text(entry, "key_id"), PrettyJson.Text(entry, "revocation_event_id"), PrettyJson.Text(entry, "revoked_at_utc")))];

    /// <summary>Reads the document.</summary>
    /// <exception cref="FormatException">It is not a key registry.</exception>
    public static KeyRegistry Read(ReadOnlySpan<byte> json)
    {
        var root = PrettyJson.Read(json, FileName);
        return root["keys"] is JsonArray ? new KeyRegistry(root) : throw new FormatException($"{FileName} has no list of keys.");
    }

    /// <summary>The registry of a new vault.</summary>
    internal static KeyRegistry Create(PublicKey root, string rootCreated, PublicKey? quorum, string quorumCreated)
    {
        var keys = new JsonArray(RegisteredKey.Describe(root, ["root", "attestation"], ["all"], rootCreated));
        if (quorum is not null)
            keys.Add(RegisteredKey.Describe(quorum, ["quorum", "attestation"], ["all"], quorumCreated));
        return new KeyRegistry(new JsonObject { ["keys"] = keys, ["revocations"] = new JsonArray() });
    }

    /// <summary>Finds a key by its id as written.</summary>
    public RegisteredKey? Find(string? keyId) => keyId is null ? null : _byId.GetValueOrDefault(keyId);

    /// <summary>Whether it has a key in that state.</summary>
    internal bool Contains(string keyId, bool active) => Find(keyId) is { } key && key.IsActive == active;

    /// <summary>The document's bytes, as the reference writes them.</summary>
    /// <param name="afterRotation">After a key rotation it ends without a line feed.</param>
    public byte[] Write(bool afterRotation = false) => PrettyJson.Write(_root, finalNewline: !afterRotation);

    /// <summary>The registry after a rotation; the new key has the revoked one's roles and scopes.</summary>
    internal KeyRegistry Rotate(string revokedId, string revocationEventId, PublicKey promoted, string promotionEventId, string time)
    {
        var root = (JsonObject)_root.DeepClone();
        var keys = (JsonArray)root["keys"]!;
        var revoked = PrettyJson.Objects(keys).First(key => PrettyJson.Text(key, "key_id") == revokedId);
        revoked["status"] = "revoked";
        revoked["revoked_at_utc"] = time;
        revoked["revocation_event_id"] = revocationEventId;
        var heir = Find(revokedId)!;
        var entry = RegisteredKey.Describe(promoted, heir.Roles, heir.Scopes, time);
        entry["promotion_event_id"] = promotionEventId;
        keys.Add(entry);
        if (root["revocations"] is not JsonArray revocations)
            root["revocations"] = revocations = [];
        revocations.Add(new JsonObject { ["key_id"] = revokedId, ["revocation_event_id"] = revocationEventId, ["revoked_at_utc"] = time });
        return new KeyRegistry(root);
    }

    /// <summary>The registry with the key of another vault, which may sign and has no authority here.</summary>
    internal KeyRegistry Admit(PublicKey peer, string time)
    {
        var root = (JsonObject)_root.DeepClone();
        ((JsonArray)root["keys"]!).Add(RegisteredKey.Describe(peer, ["peer"], ["all"], time));
        return new KeyRegistry(root);
    }
}
