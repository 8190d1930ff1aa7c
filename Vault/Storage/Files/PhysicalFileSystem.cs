using System.Runtime.InteropServices;
using Granary.Vault.OutsideFiles;

namespace Granary.Vault.Storage.Files;

/// <summary>The machine's own file system.</summary>
public sealed partial class PhysicalFileSystem : IFileSystem
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnersFolder = OwnerOnly | UnixFileMode.UserExecute;
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>The only instance; it has no state.</summary>
    public static PhysicalFileSystem Instance { get; } = new();

    /// <inheritdoc />
    public IStorageFile Open(string path, bool create, bool secret = false)
    {
        RefuseLink(path, create);
        RegularFile.Check(path);
        if (create)
            CreateOwned(path);
        return new PhysicalFile(File.OpenHandle(
            path, create ? FileMode.OpenOrCreate : FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete));
    }

    /// <inheritdoc />
    public IStorageFile OpenRead(string path) =>
        new PhysicalFile(RegularFile.OpenRead(path));

    /// <inheritdoc />
    public IDisposable Lock(string path)
    {
        RefuseLink(path, create: false);
        CreateOwned(path);
        return File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
    }

    /// <inheritdoc />
    public bool FileExists(string path) => File.Exists(path);

    /// <inheritdoc />
    public bool FolderExists(string path) => Directory.Exists(path);

    /// <inheritdoc />
    public void CreateFolder(string path)
    {
        if (Directory.Exists(path))
            return;
        var parent = Path.GetDirectoryName(Path.GetFullPath(path));
        if (parent is not null)
            CreateFolder(parent);
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, OwnersFolder);
        if (parent is not null)
            FlushFolder(parent);
    }

    /// <inheritdoc />
    public void Protect(string path)
    {
        // A folder that is shared on purpose, such as /tmp, is nobody's to close.
        if (OperatingSystem.IsWindows() || !Directory.Exists(path) || !IsOpen(path) || File.GetUnixFileMode(path).HasFlag(UnixFileMode.StickyBit))
            return;
        // The files first: when the folder is closed, all of it is.
        var below = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };
        foreach (var folder in Directory.EnumerateDirectories(path, "*", below).Where(IsOpen))
            File.SetUnixFileMode(folder, OwnersFolder);
        foreach (var file in Directory.EnumerateFiles(path, "*", below).Where(IsOpen))
            File.SetUnixFileMode(file, OwnerOnly);
        File.SetUnixFileMode(path, OwnersFolder);
    }

    /// <inheritdoc />
    public bool LeadsElsewhere(string path)
    {
        var folder = new DirectoryInfo(path);
        return folder.LinkTarget is not null || (folder.Exists && folder.EnumerateDirectories().Any(below => below.LinkTarget is not null));
    }

    /// <inheritdoc />
    public IReadOnlyList<string> ListFiles(string path) =>
        Directory.Exists(path) ? [.. Directory.EnumerateFiles(path).Select(file => Path.GetFileName(file))] : [];

    /// <inheritdoc />
    public void ReplaceFile(string from, string to) => File.Move(from, to, overwrite: true);

    /// <inheritdoc />
    public void MoveFolder(string from, string to) => Directory.Move(from, to);

    /// <inheritdoc />
    public void DeleteFile(string path) => File.Delete(path);

    /// <inheritdoc />
    public void DeleteFolder(string path)
    {
        if (Directory.Exists(path))
            Directory.Delete(path, recursive: true);
    }

    /// <inheritdoc />
    public void FlushFolder(string path)
    {
        // Windows keeps names durable by itself and opens no folder for flushing.
        if (OperatingSystem.IsWindows())
            return;
        var descriptor = OpenFolder(path, 0);
        if (descriptor < 0)
            throw new IOException("The folder could not be opened for fsync.", Marshal.GetLastPInvokeError());
        var result = FSync(descriptor);
        var error = Marshal.GetLastPInvokeError();
        _ = Close(descriptor);
        if (result != 0)
            throw new IOException("The folder could not be made durable.", error);
    }

    // Somebody who may write into the folder could have put a link there, to have us write where he may not.
    private static void RefuseLink(string path, bool create)
    {
        if (new FileInfo(path).LinkTarget is null)
            return;
        if (!create || !path.EndsWith(".new", StringComparison.Ordinal))
            throw new IOException($"{Path.GetFileName(path)} is a symbolic link, and links are not followed here; remove it.");
        // A draft is made anew each time: the link goes, what it points to stays.
        File.Delete(path);
    }

    /// <summary>Only a stream can be created with a mode; the file is never readable by others, not even empty.</summary>
    private static void CreateOwned(string path)
    {
        if (OperatingSystem.IsWindows() || File.Exists(path))
            return;
        try
        {
            using var created = new FileStream(
                path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly });
        }
        catch (IOException) when (File.Exists(path))
        {
            // Another process was quicker; whose it is shows when it is opened.
        }
    }

    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    private static bool IsOpen(string path) => (File.GetUnixFileMode(path) & Others) != 0;

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFolder(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
