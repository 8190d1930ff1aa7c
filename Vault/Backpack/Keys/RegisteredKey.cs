using System.Text.Json.Nodes;
using Granary.Vault.Canonical;
using Granary.Vault.Keys;

namespace Granary.Vault.Backpack.Keys;

/// <summary>A public key as <c>identity/keys.json</c> has it.</summary>
public sealed class RegisteredKey
{
    private RegisteredKey(JsonObject source, PublicKey? key)
    {
        Source = source;
        Key = key;
        KeyId = PrettyJson.Text(source, "key_id") ?? "";
        Status = PrettyJson.Text(source, "status") ?? "";
    }

    /// <summary>Its id as written.</summary>
    public string KeyId { get; }

    /// <summary>The key, or null where it is not 32 bytes of Base64 for Ed25519 that make a sound key.</summary>
    public PublicKey? Key { get; }

    /// <summary>Whether the id is the one that follows from the key.</summary>
    public bool HasOwnId => Key is not null && Key.KeyId == KeyId;

    /// <summary>Why it can vouch for nothing, as the end of a sentence that begins with its id; null where it can.</summary>
    public string? Problem => Key is null
        ? PrettyJson.Text(Source, "algorithm") == "Ed25519" && StrictBase64.TryDecode(PrettyJson.Text(Source, "public_key_b64"), new byte[PublicKey.Length])
            ? "is weak or malformed: a point of small order, or no canonical encoding of a point; no private key makes it"
            : "is not 32 bytes in Base64 for Ed25519"
        : HasOwnId ? null : $"has another id, {Key.KeyId}";

    /// <summary>What it is for, for example <c>root</c>.</summary>
    public IReadOnlyList<string> Roles => Texts("roles");

    /// <summary>Where it counts, usually <c>all</c>.</summary>
    public IReadOnlyList<string> Scopes => Texts("scopes");

    /// <summary><c>active</c> or <c>revoked</c>.</summary>
    public string Status { get; }

    /// <summary>True when it may sign.</summary>
    public bool IsActive => Status == "active";

    /// <summary>When it was made, as written.</summary>
    public string? CreatedAt => PrettyJson.Text(Source, "created_at_utc");

    /// <summary>When it was revoked, as written.</summary>
    public string? RevokedAt => PrettyJson.Text(Source, "revoked_at_utc");

    /// <summary>The event that revoked it.</summary>
    public string? RevocationEventId => PrettyJson.Text(Source, "revocation_event_id");

    /// <summary>The event that put it in a revoked key's place; null for a key the vault was born with.</summary>
    public string? PromotionEventId => PrettyJson.Text(Source, "promotion_event_id");

    internal JsonObject Source { get; }

    internal static RegisteredKey From(JsonObject source)
    {
        var raw = new byte[PublicKey.Length];
        var isKey = PrettyJson.Text(source, "algorithm") == "Ed25519" && StrictBase64.TryDecode(PrettyJson.Text(source, "public_key_b64"), raw);
        return new RegisteredKey(source, isKey && PublicKey.TryFromRaw(raw, out var key) ? key : null);
    }

    internal static JsonObject Describe(PublicKey key, IEnumerable<string> roles, IEnumerable<string> scopes, string created) => new()
    {
        ["key_id"] = key.KeyId,
        ["algorithm"] = "Ed25519",
        ["public_key_b64"] = Convert.ToBase64String(key.Raw),
        ["roles"] = new JsonArray([.. roles.Select(role => (JsonNode)role)]),
        ["scopes"] = new JsonArray([.. scopes.Select(scope => (JsonNode)scope)]),
        ["status"] = "active",
        ["created_at_utc"] = created,
    };

    private List<string> Texts(string name) =>
        Source[name] is JsonArray items
            ? [.. items.OfType<JsonValue>().Select(item => item.TryGetValue(out string? text) ? text : "").Where(text => text.Length > 0)]
            : [];
}
