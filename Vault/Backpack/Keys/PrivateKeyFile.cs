using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Granary.Vault.Canonical;
using Granary.Vault.Keys;

namespace Granary.Vault.Backpack.Keys;

/// <summary>Private keys of a vault in their order: the first one signs where nobody names another. Owns its keys.</summary>
public sealed class PrivateKeyFile : IDisposable
{
    /// <summary>The document's name; it is never part of the manifest.</summary>
    public const string FileName = "identity/private_keys.json";

    private PrivateKeyFile(IReadOnlyList<SigningKey> keys) => Keys = keys;

    /// <summary>The keys.</summary>
    public IReadOnlyList<SigningKey> Keys { get; }

    /// <summary>Reads any of the three shapes (specification 1.3): a list, a map from id to seed, or one object per role.</summary>
    /// <exception cref="FormatException">
    /// It holds no key, a seed is not 32 bytes of Base64, or a seed is not the named key's. The message shows none.
    /// </exception>
    public static PrivateKeyFile Read(ReadOnlySpan<byte> json)
    {
        var keys = new List<SigningKey>();
        try
        {
            foreach (var (keyId, seed) in Entries(PrettyJson.Read(json, "The private key file")))
                keys.Add(ReadKey(keyId, seed));
        }
        catch
        {
            keys.ForEach(key => key.Dispose());
            throw;
        }
        return keys.Count > 0 ? new PrivateKeyFile(keys) : throw new FormatException("The private key file holds no key.");
    }

    /// <summary>Writes keys the way <c>provara init</c> does.</summary>
    public static byte[] Write(IEnumerable<SigningKey> keys)
    {
        var list = new JsonArray();
        foreach (var key in keys)
        {
            var seed = key.ExportSeed();
            list.Add(new JsonObject { ["key_id"] = key.PublicKey.KeyId, ["private_key_b64"] = Convert.ToBase64String(seed), ["algorithm"] = "Ed25519" });
            CryptographicOperations.ZeroMemory(seed);
        }
        return PrettyJson.Write(new JsonObject { ["keys"] = list }, finalNewline: false, ascii: true);
    }

    /// <summary>Finds a key by its id.</summary>
    public SigningKey? Find(string keyId) => Keys.FirstOrDefault(key => key.PublicKey.KeyId == keyId);

    /// <summary>The first key that the vault's registry has as active: the default signer. Null where there is none.</summary>
    public SigningKey? FindActive(KeyRegistry registry) => Keys.FirstOrDefault(key => registry.Find(key.PublicKey.KeyId) is { IsActive: true, HasOwnId: true });

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var key in Keys)
            key.Dispose();
    }

    private static IEnumerable<(string? KeyId, string? Seed)> Entries(JsonObject root)
    {
        if (root["keys"] is JsonArray list)
        {
            foreach (var entry in PrettyJson.Objects(list))
                yield return (PrettyJson.Text(entry, "key_id"), PrettyJson.Text(entry, "private_key_b64"));
            yield break;
        }
        foreach (var (name, value) in root)
        {
            if (value is JsonObject entry)
                yield return (PrettyJson.Text(entry, "key_id"), PrettyJson.Text(entry, "private_key_b64"));
            else if (name.StartsWith("bp1_", StringComparison.Ordinal))
                yield return (name, PrettyJson.Text(root, name));
        }
    }

    private static SigningKey ReadKey(string? keyId, string? seed)
    {
        var raw = new byte[SigningKey.SeedLength];
        try
        {
            if (!StrictBase64.TryDecode(seed, raw))
                throw new FormatException($"The private key of {keyId ?? "a key without key_id"} is not {SigningKey.SeedLength} bytes in Base64.");
            var key = SigningKey.FromSeed(raw);
            if (key.PublicKey.KeyId == keyId)
                return key;
            var other = key.PublicKey.KeyId;
            key.Dispose();
            throw new FormatException($"The private key file names the key {keyId ?? "without key_id"}, and the seed beside it is that of {other}.");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(raw);
        }
    }
}
