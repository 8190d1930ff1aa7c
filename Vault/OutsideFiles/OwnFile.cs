using Microsoft.Win32.SafeHandles;

namespace Granary.Vault.OutsideFiles;

/// <summary>
/// Opens files that this program made, in folders where somebody else may have put a link or a pipe under their names. The kernel is told not to
/// follow a link: a look beforehand would leave time to put one there.
/// </summary>
public static class OwnFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Opens a file to read and write it, beside others.</summary>
    /// <param name="path">The file.</param>
    /// <param name="create">Whether it is made where there is none, for its owner only.</param>
    /// <exception cref="UnusableFileException">It is a link, a folder, a pipe, a device or a socket.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static SafeFileHandle Open(string path, bool create) =>
        Open(path, create, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);

    /// <summary>Makes or opens a file that this process alone holds, until what is returned is disposed of.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="UnusableFileException">It is a link, a folder, a pipe, a device or a socket.</exception>
    /// <exception cref="IOException">Another process holds it, or it cannot be opened.</exception>
    public static IDisposable Lock(string path)
    {
        var file = Open(path, create: true, FileAccess.ReadWrite, FileShare.None);
        if (OperatingSystem.IsWindows())
            return file;
        if (Posix.TryLock(file) == true)
            return new HeldLock(file);
        file.Dispose();
        throw new IOException($"Another process holds {Path.GetFileName(path)}.");
    }

    /// <summary>Reads a whole file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="limit">How many bytes it has at most.</param>
    /// <exception cref="UnusableFileException">It is a link, a folder, a pipe, a device or a socket, or larger than <paramref name="limit"/>.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static byte[] Read(string path, long limit)
    {
        using var file = Open(path, create: false, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        return RegularFile.Read(file, Path.GetFileName(path), limit);
    }

    private static SafeFileHandle Open(string path, bool create, FileAccess access, FileShare share)
    {
        var name = Path.GetFileName(path);
        if (Directory.Exists(path))
            throw new UnusableFileException($"'{name}' is a folder, and a file is needed.");
        if (OperatingSystem.IsWindows())
            return File.OpenHandle(path, create ? FileMode.OpenOrCreate : FileMode.Open, access, share);
        if (create)
            Create(path);
        if (Posix.Open(path, (access == FileAccess.Read ? Posix.ReadOnly : Posix.ReadWrite) | Posix.NonBlocking | Posix.NoFollow) is not { } file)
        {
            throw new FileInfo(path).LinkTarget is null
                ? Posix.Failure(path, () => File.OpenHandle(path, FileMode.Open, access, share))
                : new UnusableFileException($"'{name}' is a symbolic link, and links are not followed here; remove it.");
        }
        if (RegularFile.IsRegular(file))
            return file;
        file.Dispose();
        throw new UnusableFileException($"'{name}' is a pipe, a device or a socket, and a file is needed.");
    }

    /// <summary>Only a stream can be created with a mode; the file is never readable by others, not even empty, and no link is followed to make it.</summary>
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    private static void Create(string path)
    {
        if (new FileInfo(path) is { Exists: true } or { LinkTarget: not null })
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
}
