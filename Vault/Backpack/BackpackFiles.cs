using Granary.Vault.Backpack.Events;
using Granary.Vault.Backpack.Manifests;
using Granary.Vault.Storage;
using Granary.Vault.Storage.Files;

namespace Granary.Vault.Backpack;

/// <summary>The files of a vault in a store, for its manifest.</summary>
internal static class BackpackFiles
{
    // What the format lays out (specification 1.1); a store has nothing else.
    public static readonly string[] Folders =
        ["identity", "policies", "policies/ontology", "state", "artifacts/cas", "checkpoints", "timestamps", "anchors"];

    public static async Task<ManifestBuilder> CollectAsync(IVaultReader reader, LogDigest digest, CancellationToken cancellation)
    {
        // In somebody else's folder there may be more than the format lays out.
        if (reader is FileVaultLog { PlainFolder: { } plain })
            return await new VaultFolder(plain).CollectAsync(reader, digest, cancellation);
        var files = new ManifestBuilder();
        foreach (var folder in Folders)
        {
            foreach (var name in await reader.ListDocumentsAsync(folder, cancellation))
            {
                if (await reader.ReadDocumentAsync(name, cancellation) is { } content)
                    files.Add(name, content.Span);
            }
        }
        await digest.CatchUpAsync(reader, cancellation);
        files.Add(BackpackBirth.LogName, digest.Current(), digest.Size);
        return files;
    }
}
