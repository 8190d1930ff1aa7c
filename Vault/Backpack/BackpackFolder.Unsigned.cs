using System.Text;
using Granary.Vault.Backpack.Events;
using Granary.Vault.Backpack.Manifests;
using Granary.Vault.Storage;
using Granary.Vault.Storage.FileSystem;

namespace Granary.Vault.Backpack;

public sealed partial class BackpackFolder
{
    /// <summary>
    /// Makes manifest and Merkle root anew without any key, as the reference does. Where the files are those that the manifest has already, nothing is
    /// written and its signature goes on to count; otherwise a signature over the former root says nothing any more, and goes.
    /// </summary>
    /// <exception cref="VaultStorageException">As <see cref="OpenAsync"/>; <see cref="VaultStorageFailure.Refused"/> after a crash, which only a key mends.</exception>
    public static async Task<UnsignedManifest> RenewManifestAsync(string folder, TimeProvider time, CancellationToken cancellation, IFileSystem? files = null)
    {
        files ??= PhysicalFileSystem.Instance;
        if (!files.FolderExists(folder))
            throw new VaultStorageException(VaultStorageFailure.NotFound, "There is no such folder.");
        using var held = Lock(files, folder);
        var log = await Store(folder, files, time).OpenAsync(cancellation);
        var isWhole = true;
        try
        {
            if (await PendingDocuments.AnyAsync(log, cancellation))
            {
                throw new VaultStorageException(
                    VaultStorageFailure.Refused, "A program died while it changed the vault; finishing that takes the vault's private key.");
            }
            using var digest = new LogDigest();
            var made = SealPoint.Documents(await new VaultFolder(folder).CollectAsync(log, digest, cancellation), key: null, time);
            isWhole = false;
            var renewed = await RenewAsync(log, made, cancellation);
            isWhole = log.Findings.Count == 0;
            return renewed;
        }
        finally
        {
            await log.DisposeAsync();
            // What is left where a write failed makes the next opening look twice.
            if (isWhole)
                Guard(() => Clean(files, StatePath(folder)));
        }
    }

    private static async Task<UnsignedManifest> RenewAsync(IVaultLog log, IReadOnlyList<VaultDocument> made, CancellationToken cancellation)
    {
        var manifest = Manifest.Read(made[0].Content);
        var root = manifest.MerkleRoot();
        var signature = await log.ReadDocumentAsync(ManifestSignature.FileName, cancellation);
        if (await IsCurrentAsync(log, root, cancellation))
            return new UnsignedManifest(root, manifest.Entries.Count, Changed: false, IsSigned: signature is not null);
        foreach (var document in made)
            await log.WriteDocumentAsync(document, derived: false, cancellation);
        await log.DeleteDocumentAsync(ManifestSignature.FileName, cancellation);
        return new UnsignedManifest(root, manifest.Entries.Count, Changed: true, IsSigned: false);
    }

    private static async Task<bool> IsCurrentAsync(IVaultLog log, string root, CancellationToken cancellation)
    {
        if (await log.ReadDocumentAsync(Manifest.FileName, cancellation) is not { } json
            || await log.ReadDocumentAsync(Manifest.RootName, cancellation) is not { } text)
            return false;
        try
        {
            return Manifest.Read(json).MerkleRoot() == root && Encoding.UTF8.GetString(text.Span) == root + "\n";
        }
        catch (FormatException)
        {
            return false;
        }
    }
}

/// <summary>What making a manifest without a key did.</summary>
/// <param name="MerkleRoot">The root of the vault's files.</param>
/// <param name="FileCount">How many there are.</param>
/// <param name="Changed">Whether anything was written.</param>
/// <param name="IsSigned">Whether there is a signature; whether it holds is for verification to say.</param>
public sealed record UnsignedManifest(string MerkleRoot, int FileCount, bool Changed, bool IsSigned);
