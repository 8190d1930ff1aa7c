using System.Globalization;
using System.Text;
using System.Text.Json;
using Granary.Vault.Backpack.Keys;
using Granary.Vault.Canonical;

namespace Granary.Vault.Backpack.Manifests;

/// <summary>A file of a manifest.</summary>
/// <param name="Path">Relative to the vault, with <c>/</c>.</param>
/// <param name="Sha256">64 hex digits.</param>
/// <param name="Size">Bytes.</param>
public sealed record ManifestEntry(string Path, string Sha256, long Size)
{
    /// <summary>The entry in canonical form: a leaf of the Merkle tree.</summary>
    public byte[] Canonical()
    {
        using var output = new PooledBuffer(256);
        Write(output);
        return output.Written.ToArray();
    }

    internal void Write(PooledBuffer output)
    {
        output.Write("{\"path\":"u8);
        JsonString.Write(Path, output);
        output.Write(",\"sha256\":"u8);
        JsonString.Write(Sha256, output);
        output.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $",\"size\":{Size}}}")));
    }
}

/// <summary>A vault's <c>manifest.json</c> (specification 4): every file with its hash and size.</summary>
/// <param name="CreatedAt">When it was made, as written.</param>
/// <param name="Entries">The files, by path.</param>
public sealed record Manifest(string CreatedAt, IReadOnlyList<ManifestEntry> Entries)
{
    /// <summary>The document's name.</summary>
    public const string FileName = "manifest.json";

    /// <summary>The name of the document that holds the root.</summary>
    public const string RootName = "merkle_root.txt";

    /// <summary>The version of the specification this writes.</summary>
    public const string SpecVersion = "1.0";

    /// <summary>Whether a file of the vault is left out; nothing but these is (specification 1.4).</summary>
    public static bool IsExcluded(string path) => path is FileName or RootName or ManifestSignature.FileName or PrivateKeyFile.FileName;

    /// <summary>The root of the Merkle tree over the entries in their order.</summary>
    public string MerkleRoot() => MerkleTree.Root(Entries.Select(entry => (ReadOnlyMemory<byte>)entry.Canonical()));

    /// <summary>The document's bytes.</summary>
    public byte[] Write()
    {
        using var output = new PooledBuffer(4096);
        output.Write("{\"backpack_spec_version\":\"1.0\",\"created_at_utc\":"u8);
        JsonString.Write(CreatedAt, output);
        output.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $",\"file_count\":{Entries.Count},\"files\":[")));
        for (var i = 0; i < Entries.Count; i++)
        {
            if (i > 0)
                output.Write((byte)',');
            Entries[i].Write(output);
        }
        output.Write("],\"manifest_version\":\"manifest.v0\"}"u8);
        return output.Written.ToArray();
    }

    /// <summary>Reads a document.</summary>
    /// <exception cref="FormatException">It is no manifest.</exception>
    public static Manifest Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            // The parser finds out about halves of characters only where it is asked for them, and takes duplicate members.
            CanonicalJson.Check(json.Span);
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            return new Manifest(
                root.GetProperty("created_at_utc").GetString() ?? "",
                [.. root.GetProperty("files").EnumerateArray().Select(file => new ManifestEntry(
                    file.GetProperty("path").GetString() ?? "", file.GetProperty("sha256").GetString() ?? "", file.GetProperty("size").GetInt64()))]);
        }
        catch (CanonicalJsonException failure)
        {
            throw new FormatException($"{FileName} is not a manifest: {failure.Message}", failure);
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new FormatException($"{FileName} is not a manifest.", failure);
        }
    }
}
