using System.Text;
using System.Text.Json;
using Granary.Vault.Canonical;
using Granary.Vault.Keys;
using Granary.Vault.Storage;

namespace Granary.Vault.Psmc.Documents;

/// <summary>A vault's <c>psmc.json</c>, as far as it is used.</summary>
/// <param name="Created">When the vault was created, as written.</param>
/// <param name="KeyFingerprint">The id of the active key.</param>
public sealed record PsmcMetadata(string Created, string KeyFingerprint)
{
    internal const string FileName = "psmc.json";
    internal const string PrivateKeyName = "keys/active.pem";
    internal const string PublicKeyName = "keys/active.pub.pem";
    internal const string RetiredFolder = "keys/retired";
    internal const string StateName = "state/current_state.json";

    /// <summary>Reads the document.</summary>
    /// <exception cref="FormatException">It is not a PSMC vault's.</exception>
    public static PsmcMetadata Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            CanonicalJson.Check(json.Span);
            using var document = JsonDocument.Parse(json);
            return new PsmcMetadata(
                document.RootElement.GetProperty("created").GetString() ?? "",
                document.RootElement.GetProperty("key_fingerprint").GetString() ?? "");
        }
        catch (CanonicalJsonException failure)
        {
            throw new FormatException($"psmc.json is not the metadata of a PSMC vault: {failure.Message}", failure);
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new FormatException("psmc.json is not the metadata of a PSMC vault.", failure);
        }
    }

    /// <summary>All documents of a new vault, its unencrypted private key among them, as the format has it.</summary>
    internal static IReadOnlyList<VaultDocument> NewVault(SigningKey key, DateTimeOffset created)
    {
        var time = EventTimestamp.Format(created);
        return
        [
            new VaultDocument("README.txt", Encoding.UTF8.GetBytes(PsmcReadme.Text(time))),
            new VaultDocument(PrivateKeyName, KeyPem.WritePrivate(key), Secret: true),
            new VaultDocument(PublicKeyName, KeyPem.WritePublic(key.PublicKey)),
            new VaultDocument(FileName, Encoding.UTF8.GetBytes(Json(time, key.PublicKey.KeyId))),
        ];
    }

    private static string Json(string created, string keyId) =>
        $$"""
        {
          "version": "1.0.0",
          "created": "{{created}}",
          "hash_algo": "sha256",
          "sig_algo": "ed25519",
          "key_fingerprint": "{{keyId}}",
          "description": "Personal Sovereign Memory Container",
          "provara_compatible": true
        }

        """.ReplaceLineEndings("\n");
}
