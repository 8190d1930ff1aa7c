using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Granary.Vault.Storage.Files;

/// <summary>
/// A lock on a vault's folder itself, which leaves no trace in it: it is held against programs that see the same folder under another path, as a gateway in
/// a container and a command outside of it do. Readers take no lock. Where the file system has none, the lock files beside the folder are all there is.
/// </summary>
internal static partial class FolderLock
{
    private const int ExclusiveWithoutWaiting = 2 | 4;

    /// <summary>Locks a folder, where there is one.</summary>
    /// <exception cref="IOException">Another program has it.</exception>
    public static IDisposable? Take(string folder)
    {
        if (OperatingSystem.IsWindows() || !Directory.Exists(folder) || Open(folder, CloseOnExec) is not (var descriptor and >= 0))
            return null;
        var held = new SafeFileHandle(descriptor, ownsHandle: true);
        if (Lock(descriptor, ExclusiveWithoutWaiting) == 0 || Marshal.GetLastPInvokeError() != WouldBlock)
            return held;
        held.Dispose();
        throw new IOException("The folder is locked by another program.");
    }

    private static int CloseOnExec => OperatingSystem.IsLinux() ? 0x80000 : 0x1000000;

    private static int WouldBlock => OperatingSystem.IsLinux() ? 11 : 35;

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int Lock(int descriptor, int operation);
}

/// <summary>Two locks that are held and given back together.</summary>
internal sealed class BothLocks(IDisposable first, IDisposable? second) : IDisposable
{
    public void Dispose()
    {
        second?.Dispose();
        first.Dispose();
    }
}
