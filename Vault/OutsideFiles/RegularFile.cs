using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Granary.Vault.OutsideFiles;

/// <summary>
/// Opens files that somebody else may have put there. A pipe would be waited for, and a device may never end, so neither is opened, whatever name or
/// link leads to it; and what is read into memory has a limit.
/// </summary>
public static partial class RegularFile
{
    /// <summary>Opens a file to read it, beside writers.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">What a failure calls it; null for the last part of its path.</param>
    /// <exception cref="UnusableFileException">It is a folder, a pipe, a device or a socket.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static SafeFileHandle OpenRead(string path, string? name = null)
    {
        Check(path, name);
        return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
    }

    /// <summary>Reads a whole file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="limit">How many bytes it has at most.</param>
    /// <exception cref="UnusableFileException">It is a folder, a pipe, a device or a socket, or larger than <paramref name="limit"/>.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static byte[] Read(string path, long limit)
    {
        using var file = OpenRead(path);
        var length = RandomAccess.GetLength(file);
        if (length > limit)
            throw new UnusableFileException($"{Path.GetFileName(path)} has {length} bytes, and at most {limit} are read.");
        var content = GC.AllocateUninitializedArray<byte>((int)length);
        var filled = 0;
        while (filled < content.Length && RandomAccess.Read(file, content.AsSpan(filled), filled) is var read and > 0)
            filled += read;
        return filled == content.Length ? content : content[..filled];
    }

    /// <summary>Refuses what is no file of a disk. What does not exist, or may not be read, is for the opening itself to tell.</summary>
    /// <exception cref="UnusableFileException">It is a folder, a pipe, a device or a socket.</exception>
    internal static void Check(string path, string? name = null)
    {
        if (Directory.Exists(path))
            throw new UnusableFileException($"{name ?? Path.GetFileName(path)} is a folder, and a file is needed.");
        // Opened without waiting for a pipe's other end: only then can the kernel be asked what it is.
        if (OperatingSystem.IsWindows() || Open(path, OpenFlags) is not (var descriptor and >= 0))
            return;
        using var probe = new SafeFileHandle(descriptor, ownsHandle: true);
        if (!IsRegular(probe))
            throw new UnusableFileException($"{name ?? Path.GetFileName(path)} is a pipe, a device or a socket, and a file is needed.");
    }

    // O_RDONLY | O_NONBLOCK | O_CLOEXEC
    private static int OpenFlags => OperatingSystem.IsLinux() ? 0x800 | 0x80000 : 0x4 | 0x1000000;

    /// <summary>A pipe or a terminal has no length; a device has none and still gives bytes.</summary>
    private static bool IsRegular(SafeFileHandle probe)
    {
        try
        {
            return RandomAccess.GetLength(probe) > 0 || RandomAccess.Read(probe, stackalloc byte[1], 0) == 0;
        }
        catch (Exception failure) when (failure is NotSupportedException or IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);
}

/// <summary>A file that is not opened or not read, because of what it is. The message is a sentence without a path of the machine.</summary>
public sealed class UnusableFileException(string message) : IOException(message);
