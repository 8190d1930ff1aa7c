using System.Runtime.InteropServices;

namespace Granary.Vault.Storage.Files;

/// <summary>The machine's own file system.</summary>
public sealed partial class PhysicalFileSystem : IFileSystem
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>The only instance; it has no state.</summary>
    public static PhysicalFileSystem Instance { get; } = new();

    /// <inheritdoc />
    public IStorageFile Open(string path, bool create, bool secret = false)
    {
        if (create && secret && !OperatingSystem.IsWindows() && !File.Exists(path))
        {
            // Only a stream can be created with a mode; the file is never readable by others, not even empty.
            using var created = new FileStream(
                path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly });
        }
        return new PhysicalFile(File.OpenHandle(
            path, create ? FileMode.OpenOrCreate : FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete));
    }

    /// <inheritdoc />
    public IStorageFile OpenRead(string path) =>
        new PhysicalFile(File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));

    /// <inheritdoc />
    public IDisposable Lock(string path) => File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

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
        Directory.CreateDirectory(path);
        if (parent is not null)
            FlushFolder(parent);
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

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFolder(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
