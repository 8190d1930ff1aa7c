using System.Runtime.InteropServices;
using Granary.Vault.OutsideFiles;

namespace Granary.Vault.Storage.FileSystem;

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
        if (create && path.EndsWith(".new", StringComparison.Ordinal))
            RemoveLink(path);
        return new PhysicalFile(OwnFile.Open(path, create));
    }

    /// <inheritdoc />
    public IStorageFile OpenRead(string path) =>
        new PhysicalFile(RegularFile.OpenRead(path));

    /// <inheritdoc />
    public IDisposable Lock(string path) => OwnFile.Lock(path);

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
    public bool LeadsElsewhere(string path, string? root)
    {
        var folder = new DirectoryInfo(path);
        return folder.LinkTarget is not null || IsLinkBetween(root, folder) || (folder.Exists && HoldsLink(folder, files: root is not null));
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

    // The root itself may be a link: it is the operator who names it.
    private static bool IsLinkBetween(string? root, DirectoryInfo folder)
    {
        var end = root is null ? null : Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));
        if (end is null || !folder.FullName.StartsWith(end + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            return false;
        for (var above = folder.Parent; above is not null && above.FullName.Length > end.Length; above = above.Parent)
        {
            if (above.LinkTarget is not null)
                return true;
        }
        return false;
    }

    private static bool HoldsLink(DirectoryInfo folder, bool files) =>
        (files ? folder.EnumerateFileSystemInfos() : folder.EnumerateDirectories())
            .Any(entry => entry.LinkTarget is not null || (entry is DirectoryInfo below && HoldsLink(below, files)));

    // A draft is made anew each time: a link under its name goes, what it points to stays.
    private static void RemoveLink(string path)
    {
        if (new FileInfo(path).LinkTarget is not null)
            File.Delete(path);
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
