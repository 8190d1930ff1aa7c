using System.Text.Json.Nodes;
using Granary.Vault.Canonical;
using Granary.Vault.Keys;

namespace Granary.Vault.Backpack.Manifests;

/// <summary>A vault's <c>manifest.sig</c> (specification 4): a key's word for the Merkle root.</summary>
/// <param name="MerkleRoot">The root, 64 hex digits.</param>
/// <param name="KeyId">The key that signed.</param>
/// <param name="SpecVersion">The version of the specification.</param>
/// <param name="SignedAt">When, as written.</param>
/// <param name="Signature">Base64.</param>
public sealed record ManifestSignature(string MerkleRoot, string KeyId, string SpecVersion, string SignedAt, string Signature)
{
    /// <summary>The document's name.</summary>
    public const string FileName = "manifest.sig";

    /// <summary>Signs a root.</summary>
    public static ManifestSignature Sign(string merkleRoot, SigningKey key, DateTimeOffset time)
    {
        var unsigned = new ManifestSignature(merkleRoot, key.PublicKey.KeyId, Manifest.SpecVersion, EventTimestamp.Format(time), "");
        return unsigned with { Signature = key.SignToBase64(unsigned.Signed()) };
    }

    /// <summary>Reads a document.</summary>
    /// <exception cref="FormatException">It is no manifest signature.</exception>
    public static ManifestSignature Read(ReadOnlySpan<byte> json)
    {
        var root = PrettyJson.Read(json, FileName);
        return new ManifestSignature(Member("merkle_root"), Member("key_id"), Member("spec_version"), Member("signed_at_utc"), Member("sig"));

        string Member(string name) => PrettyJson.Text(root, name) ?? throw new FormatException($"{FileName} has no {name}.");
    }

    /// <summary>The document's bytes.</summary>
    public byte[] Write() => PrettyJson.Write(new JsonObject
    {
        ["merkle_root"] = MerkleRoot,
        ["key_id"] = KeyId,
        ["spec_version"] = SpecVersion,
        ["signed_at_utc"] = SignedAt,
        ["sig"] = Signature,
    });

    /// <summary>True when it is <paramref name="key"/>'s signature of what it says. Whether that is the vault's root is another question.</summary>
    public bool IsSignedBy(PublicKey key) => key.KeyId == KeyId && key.VerifyBase64(Signed(), Signature);

    private byte[] Signed()
    {
        using var output = new PooledBuffer(256);
        Member("{\"key_id\":"u8, KeyId, output);
        Member(",\"merkle_root\":"u8, MerkleRoot, output);
        Member(",\"signed_at_utc\":"u8, SignedAt, output);
        Member(",\"spec_version\":"u8, SpecVersion, output);
        output.Write((byte)'}');
        return output.Written.ToArray();
    }

    private static void Member(ReadOnlySpan<byte> name, string value, PooledBuffer output)
    {
        output.Write(name);
        JsonString.Write(value, output);
    }
}
