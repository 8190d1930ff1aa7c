using System.Security.Cryptography;

namespace Granary.Gateway.Access;

/// <summary>Files that only their owner may read.</summary>
internal static class PrivateFile
{
    public const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Makes a file, durably.</summary>
    /// <exception cref="IOException">It exists, or cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    public static void Create(string path, ReadOnlySpan<byte> bytes)
    {
        using var stream = new FileStream(path, Options(FileMode.CreateNew));
        stream.Write(bytes);
        stream.Flush(flushToDisk: true);
    }

    /// <summary>
    /// Replaces a file in one step. The new bytes go to a name that nobody can have planted a file or a link at, are on the disk before the name
    /// changes, and are never readable by others.
    /// </summary>
    /// <exception cref="InvalidDataException">It cannot be written; the old file is as it was.</exception>
    public static void Replace(string path, ReadOnlySpan<byte> bytes)
    {
        var fresh = $"{path}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}.new";
        try
        {
            Create(fresh, bytes);
            File.Move(fresh, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            TryDelete(fresh);
            throw new InvalidDataException($"'{path}' cannot be written: {e.Message}", e);
        }
    }

    /// <summary>Changes a file in one step, one process at a time: a reader sees the old content or the new one.</summary>
    /// <param name="path">The file, or a link to it.</param>
    /// <param name="mayCreate">Whether there need be no file yet.</param>
    /// <param name="change">Makes the new content from that of the file it is given.</param>
    /// <exception cref="InvalidDataException">It cannot be locked or written; nothing changed.</exception>
    public static void Change(string path, bool mayCreate, Func<string, byte[]> change)
    {
        // A mounted secret is a link: what it points to is replaced, not the link.
        var target = new FileInfo(path).LinkTarget is null ? path : File.ResolveLinkTarget(path, returnFinalTarget: true)!.FullName;
        // A slip in the name is told before anything is left beside it.
        if (!mayCreate && !File.Exists(target))
            _ = change(target);
        using var alone = FileLock.Take(target + ".lock");
        Replace(target, change(target));
    }

    /// <summary>Opens for writing; a file that is made is its owner's alone.</summary>
    public static FileStreamOptions Options(FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = Mode;
        return options;
    }

    /// <summary>Whether other users of the machine may read or write a file.</summary>
    public static bool IsOpenToOthers(string path)
    {
        const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
        try
        {
            return !OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Others) != 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What went wrong first is told.
        }
    }
}
