using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Granary.Vault.OutsideFiles;

/// <summary>
/// Opens files that somebody else may have put there. A pipe would be waited for, and a device may never end, so neither is read, whatever name or
/// link leads to it; and what is read into memory has a limit.
/// </summary>
public static class RegularFile
{
    /// <summary>Opens a file to read it, beside writers.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">What a failure calls it; null for the last part of its path.</param>
    /// <exception cref="UnusableFileException">It is a folder, a pipe, a device or a socket.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static SafeFileHandle OpenRead(string path, string? name = null)
    {
        if (Directory.Exists(path))
            throw new UnusableFileException($"'{name ?? Path.GetFileName(path)}' is a folder, and a file is needed.");
        if (OperatingSystem.IsWindows())
            return OpenShared(path);
        // Opened without waiting for a pipe's other end: only then can the kernel be asked what it is.
        if (Posix.Open(path, Posix.ReadOnly | Posix.NonBlocking) is not { } file)
            throw Posix.Failure(path, () => OpenShared(path));
        if (IsRegular(file))
            return file;
        file.Dispose();
        throw new UnusableFileException($"'{name ?? Path.GetFileName(path)}' is a pipe, a device or a socket, and a file is needed.");
    }

    /// <summary>Reads a whole file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="limit">How many bytes it has at most.</param>
    /// <exception cref="UnusableFileException">It is a folder, a pipe, a device or a socket, or larger than <paramref name="limit"/>.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static byte[] Read(string path, long limit)
    {
        using var file = OpenRead(path);
        return Read(file, Path.GetFileName(path), limit);
    }

    /// <summary>Reads a whole file as UTF-8, with or without a byte order mark.</summary>
    /// <param name="path">The file.</param>
    /// <param name="limit">How many bytes it has at most.</param>
    /// <exception cref="UnusableFileException">It is a folder, a pipe, a device or a socket, or larger than <paramref name="limit"/>.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static string ReadText(string path, long limit)
    {
        using var reader = new StreamReader(new MemoryStream(Read(path, limit)), Encoding.UTF8);
        return reader.ReadToEnd();
    }

    internal static byte[] Read(SafeFileHandle file, string name, long limit)
    {
        var length = RandomAccess.GetLength(file);
        if (length > limit)
            throw new UnusableFileException($"'{name}' has {length} bytes, and at most {limit} are read.");
        var content = GC.AllocateUninitializedArray<byte>((int)length);
        var filled = 0;
        while (filled < content.Length && RandomAccess.Read(file, content.AsSpan(filled), filled) is var read and > 0)
            filled += read;
        return filled == content.Length ? content : content[..filled];
    }

    /// <summary>A pipe or a terminal has no length; a device has none and still gives bytes.</summary>
    internal static bool IsRegular(SafeFileHandle file)
    {
        try
        {
            return RandomAccess.GetLength(file) > 0 || RandomAccess.Read(file, stackalloc byte[1], 0) == 0;
        }
        catch (Exception failure) when (failure is NotSupportedException or IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static SafeFileHandle OpenShared(string path) =>
        File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
}

/// <summary>A file that is not opened or not read, because of what it is. The message is a sentence without a path of the machine.</summary>
public sealed class UnusableFileException(string message) : IOException(message);
