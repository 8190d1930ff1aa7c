using System.Text;
using Granary.Vault.Keys;
using Granary.Vault.Storage;

namespace Granary.Vault.Backpack.Manifests;

/// <summary>The three documents that vouch for all others, made anew together: appends leave them behind until the next seal point.</summary>
public static class SealPoint
{
    /// <summary>The documents, in the order in which they are to be written.</summary>
    /// <param name="files">The vault's files.</param>
    /// <param name="key">The key that signs the root; null leaves <c>manifest.sig</c> out.</param>
    /// <param name="time">Read for each document.</param>
    public static IReadOnlyList<VaultDocument> Documents(ManifestBuilder files, SigningKey? key, TimeProvider time)
    {
        var manifest = files.Build(time.GetUtcNow());
        var root = manifest.MerkleRoot();
        var documents = new List<VaultDocument>
        {
            new(Manifest.FileName, manifest.Write()),
            new(Manifest.RootName, Encoding.ASCII.GetBytes(root + "\n")),
        };
        if (key is not null)
            documents.Add(new VaultDocument(ManifestSignature.FileName, ManifestSignature.Sign(root, key, time.GetUtcNow()).Write()));
        return documents;
    }
}
