using Granary.Vault.Backpack.Keys;
using Granary.Vault.Backpack.Events;
using Granary.Vault.Storage;
using Granary.Vault.Storage.FileSystem;
using Granary.Vault.Storage.Files;

namespace Granary.Vault.Backpack;

/// <summary>
/// A Backpack vault in a plain folder, for one program at a time: what the <c>provara</c> command works on. A lock and the store's state lie beside the
/// folder, never in it; the state is gone once the folder has been closed well, so that other programs may change the folder meanwhile. A program that
/// dies leaves it, and the next opening finishes or undoes what had begun and makes the manifest anew.
/// </summary>
public sealed partial class BackpackFolder : IAsyncDisposable
{
    private readonly IFileSystem _files;
    private readonly string _state;
    private readonly string _head;
    private readonly IDisposable _lock;

    private BackpackFolder(IFileSystem files, string folder, IDisposable held, BackpackVault vault)
    {
        _files = files;
        _state = StatePath(folder);
        _head = HeadPath(folder);
        _lock = held;
        Vault = vault;
    }

    /// <summary>The vault.</summary>
    public BackpackVault Vault { get; }

    /// <summary>Makes a vault in a folder that does not exist or is empty: whole or not at all.</summary>
    /// <exception cref="VaultStorageException"><see cref="VaultStorageFailure.AlreadyExists"/>, or the file system refuses.</exception>
    /// <exception cref="BackpackInputException">The birth will not do.</exception>
    public static async Task CreateAsync(string folder, BackpackBirth birth, TimeProvider time, CancellationToken cancellation, IFileSystem? files = null)
    {
        files ??= PhysicalFileSystem.Instance;
        // Before the lock as well, which would be left beside what is somebody else's.
        RequireFree(files, folder);
        using var held = Lock(files, folder);
        RequireFree(files, folder);
        if (files.FolderExists(folder))
            Guard(() => files.DeleteFolder(folder));
        await BackpackVault.CreateAsync(Store(folder, files, time), birth, time, cancellation);
        Guard(() => Clean(files, StatePath(folder)));
    }

    private static void RequireFree(IFileSystem files, string folder)
    {
        if (files.FileExists(folder))
            throw new VaultStorageException(VaultStorageFailure.AlreadyExists, "A file has the name that the vault's folder would have.");
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
            throw new VaultStorageException(VaultStorageFailure.AlreadyExists, "The folder is not empty; a vault is made in one that is new or empty.");
    }

    /// <summary>Opens a folder for changes.</summary>
    /// <param name="folder">The vault.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <param name="keys">Where the private keys are; null for those in the vault.</param>
    /// <param name="files">The file operations; null for the machine's.</param>
    /// <exception cref="VaultStorageException">
    /// <see cref="VaultStorageFailure.Locked"/> while another program has it open; <see cref="VaultStorageFailure.NotFound"/>;
    /// <see cref="VaultStorageFailure.Damaged"/>; or the file system refuses.
    /// </exception>
    public static async Task<BackpackFolder> OpenAsync(
        string folder, TimeProvider time, CancellationToken cancellation, IPrivateKeyPlace? keys = null, IFileSystem? files = null)
    {
        files ??= PhysicalFileSystem.Instance;
        if (!files.FolderExists(folder))
            throw new VaultStorageException(VaultStorageFailure.NotFound, "There is no such folder.");
        var held = Lock(files, folder);
        try
        {
            var unfinished = files.FolderExists(StatePath(folder));
            var log = await Store(folder, files, time).OpenAsync(cancellation);
            var vault = await OpenVaultAsync(log, folder, keys, files, cancellation);
            var opened = new BackpackFolder(files, folder, held, vault);
            try
            {
                Guard(() => CompleteFolders(files, folder));
                if (unfinished || vault.IsInDoubt)
                    await vault.WriteSealPointAsync(time, cancellation);
            }
            catch
            {
                await vault.DisposeAsync();
                throw;
            }
            return opened;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    private static async Task<BackpackVault> OpenVaultAsync(
        IVaultLog log, string folder, IPrivateKeyPlace? keys, IFileSystem files, CancellationToken cancellation)
    {
        (BackpackChains Chains, LogDigest Digest)? saved;
        try
        {
            saved = await SavedHead.FindAsync(files, HeadPath(folder), log, cancellation);
        }
        catch
        {
            await log.DisposeAsync();
            throw;
        }
        return await BackpackVault.FromAsync(log, cancellation, new BackpackVaultOptions
        {
            Chains = saved?.Chains,
            Digest = saved?.Digest,
            Keys = keys ?? PrivateKeyPlace.InVault,
            Files = new VaultFolder(folder).CollectAsync,
        });
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        try
        {
            var isWhole = Vault.Log.Findings.Count == 0 && !Vault.IsInDoubt;
            if (isWhole && Vault.Digest is { } digest)
                KeepHead(digest);
            await Vault.DisposeAsync();
            if (isWhole)
                Guard(() => Clean(_files, _state));
        }
        finally
        {
            _lock.Dispose();
        }
    }

    private static FileVaultStore Store(string folder, IFileSystem files, TimeProvider time) => new(new FileVaultOptions
    {
        Folder = folder,
        StateFolder = StatePath(folder),
        Formats = [BackpackFormat.Descriptor],
        Files = files,
        Time = time,
    });

    private static string StatePath(string folder) => BesidePath(folder, ".granary");

    private static string HeadPath(string folder) => BesidePath(folder, ".head");

    private void KeepHead(LogDigest digest)
    {
        try
        {
            SavedHead.Keep(_files, _head, Vault.Chains, digest);
        }
        catch (Exception failure) when (StorageFailures.IsIo(failure))
        {
            // The next opening reads the log, as it does without the file.
        }
    }

    /// <summary>The lock file stays: deleting it would take it from those waiting for it.</summary>
    private static BothLocks Lock(IFileSystem files, string folder)
    {
        try
        {
            var path = BesidePath(folder, ".lock");
            files.CreateFolder(Path.GetDirectoryName(path)!);
            var held = files.Lock(path);
            try
            {
                return new BothLocks(held, FolderLock.Take(folder));
            }
            catch
            {
                held.Dispose();
                throw;
            }
        }
        catch (IOException failure)
        {
            throw new VaultStorageException(
                VaultStorageFailure.Locked, "Another program has the vault open; wait until it is done. A vault has one writer at a time.", failure);
        }
        catch (UnauthorizedAccessException failure)
        {
            throw StorageFailures.Refused(failure);
        }
    }

    private static string BesidePath(string folder, string suffix)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        return Path.Combine(Path.GetDirectoryName(full) ?? full, "." + Path.GetFileName(full) + suffix);
    }

    private static void CompleteFolders(IFileSystem files, string folder)
    {
        foreach (var name in BackpackFormat.Instance.EmptyFolders)
        {
            var path = DocumentName.Resolve(folder, name);
            if (!files.FolderExists(path))
                files.CreateFolder(path);
        }
    }

    private static void Clean(IFileSystem files, string state)
    {
        // What was cut off a log is kept until somebody has looked at it.
        if (!files.FolderExists(Path.Combine(state, "quarantine")))
        {
            files.DeleteFolder(state);
            return;
        }
        foreach (var name in files.ListFiles(state))
            files.DeleteFile(Path.Combine(state, name));
    }

    private static void Guard(Action work) => StorageFailures.Guard(() =>
    {
        work();
        return true;
    });
}
