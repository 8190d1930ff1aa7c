using System.Text.Json;
using Granary.Tenants;

namespace Granary.Gateway.Tools.Vaults;

/// <summary>A new vault, as the tools that make one describe it.</summary>
internal static class BirthSchema
{
    public const string Members = """
        "format":{"type":"string"},"created":{"type":"string"},
        "key_id":{"type":"string"},"public_key":{"type":"string","description":"Raw Ed25519 public key in Base64"},"event_count":{"type":"integer"},
        "uid":{"anyOf":[{"type":"string"},{"type":"null"}],"description":"Backpack only, as all that follow"},"genesis_event_id":{"anyOf":[{"type":"string"},{"type":"null"}]},
        "merkle_root":{"anyOf":[{"type":"string"},{"type":"null"}]},"quorum_key_id":{"anyOf":[{"type":"string"},{"type":"null"}]}
        """;

    public static void Write(Utf8JsonWriter json, VaultDescription vault)
    {
        json.WriteString("format", vault.Format);
        json.WriteString("created", vault.Created);
        json.WriteString("key_id", vault.KeyId);
        json.WriteString("public_key", vault.PublicKey);
        json.WriteNumber("event_count", vault.EventCount);
        json.WriteString("uid", vault.Uid);
        json.WriteString("genesis_event_id", vault.GenesisEventId);
        json.WriteString("merkle_root", vault.MerkleRoot);
        json.WriteString("quorum_key_id", vault.QuorumKeyId);
    }
}
