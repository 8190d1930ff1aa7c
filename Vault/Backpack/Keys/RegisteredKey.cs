using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Granary.Vault.Canonical;
using Granary.Vault.Keys;

namespace Granary.Vault.Backpack.Keys;

/// <summary>A public key as <c>identity/keys.json</c> has it.</summary>
public sealed class RegisteredKey : IDisposable
{
    private RegisteredKey(JsonObject source, PublicKey? key)
    {
        Source = source;
        Key = key;
    }

    /// <summary>Its id as written.</summary>
    public string KeyId => PrettyJson.Text(Source, "key_id") ?? "";

    /// <summary>The key, or null where it is not 32 bytes of Base64 for Ed25519.</summary>
    public PublicKey? Key { get; }

    /// <summary>Whether the id is the one that follows from the key.</summary>
    public bool HasOwnId => Key is not null && Key.KeyId == KeyId;

    /// <summary>What it is for, for example <c>root</c>.</summary>
    public IReadOnlyList<string> Roles => Texts("roles");

    /// <summary>Where it counts, usually <c>all</c>.</summary>
    public IReadOnlyList<string> Scopes => Texts("scopes");

    /// <summary><c>active</c> or <c>revoked</c>.</summary>
    public string Status => PrettyJson.Text(Source, "status") ?? "";

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

    /// <inheritdoc />
    public void Dispose() => Key?.Dispose();

    internal static RegisteredKey From(JsonObject source)
    {
        var raw = new byte[PublicKey.Length];
        var isKey = PrettyJson.Text(source, "algorithm") == "Ed25519" && StrictBase64.TryDecode(PrettyJson.Text(source, "public_key_b64"), raw);
        try
        {
            return new RegisteredKey(source, isKey ? PublicKey.FromRaw(raw) : null);
        }
        catch (CryptographicException)
        {
            return new RegisteredKey(source, null);
        }
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
