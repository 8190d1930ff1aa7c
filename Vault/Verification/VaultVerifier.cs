using Granary.Vault.Backpack;
using Granary.Vault.Backpack.Keys;
using Granary.Vault.Backpack.Manifests;
using Granary.Vault.Psmc.Documents;
using Granary.Vault.Storage;
using Granary.Vault.Storage.Files;
using Granary.Vault.Verification.Backpack;
using Granary.Vault.Verification.Checks;
using Granary.Vault.Verification.Psmc;
using Granary.Vault.Verification.Reports;

namespace Granary.Vault.Verification;

/// <summary>
/// Verifies a vault of either format. The log is read once, in pages, and signatures are checked on all cores; what is kept for each event is some 40
/// bytes, to tell ids and links apart.
/// </summary>
public static class VaultVerifier
{
    /// <summary>Verifies an open vault.</summary>
    /// <param name="reader">It.</param>
    /// <param name="options">What for.</param>
    /// <param name="progress">Told how many events have been checked.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="VaultStorageException">
    /// The store's reasons; <see cref="VaultStorageFailure.NotFound"/> where it is no vault of either format.
    /// </exception>
    public static Task<VaultReport> RunAsync(IVaultReader reader, VerificationOptions options, IProgress<long>? progress, CancellationToken cancellation) =>
        RunAsync(reader, new DocumentFiles(reader), null, options, progress, cancellation);

    /// <summary>Verifies a folder and everything in it; nothing in it is changed or locked.</summary>
    /// <param name="folder">A vault, or a forensic bundle, of which log, keys and hashes are verified.</param>
    /// <param name="options">What for.</param>
    /// <param name="progress">Told how many events have been checked.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="VaultStorageException">
    /// <see cref="VaultStorageFailure.NotFound"/>: there is no such folder, or it is no vault of either format. <see cref="VaultStorageFailure.Refused"/>:
    /// it may not be read.
    /// </exception>
    public static async Task<VaultReport> RunFolderAsync(string folder, VerificationOptions options, IProgress<long>? progress, CancellationToken cancellation)
    {
        using var reader = FolderReader.Open(folder);
        var files = new FolderFiles(folder);
        var bundle = BundleChecks.IsBundle(folder) ? new BundleChecks(folder, files) : null;
        return await RunAsync(reader, files, bundle, options, progress, cancellation);
    }

    private static async Task<VaultReport> RunAsync(
        IVaultReader reader, IVaultFiles files, BundleChecks? bundle, VerificationOptions options, IProgress<long>? progress, CancellationToken cancellation)
    {
        if (await reader.ReadDocumentAsync(PsmcMetadata.FileName, cancellation) is not null)
            return await new PsmcVerification(reader, bundle, options).RunAsync(progress, cancellation);
        var isBackpack = await reader.ReadDocumentAsync(BackpackBootstrap.GenesisName, cancellation) is not null
            || await reader.ReadDocumentAsync(KeyRegistry.FileName, cancellation) is not null
            || await reader.ReadDocumentAsync(Manifest.FileName, cancellation) is not null;
        return isBackpack
            ? await new BackpackVerification(reader, files, bundle, options).RunAsync(progress, cancellation)
            : throw new VaultStorageException(
                VaultStorageFailure.NotFound, "It is no vault: it has neither psmc.json nor identity/genesis.json, identity/keys.json or manifest.json.");
    }
}
