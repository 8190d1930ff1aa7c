using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Granary.Vault.OutsideFiles;

/// <summary>What .NET has no words for: opening without waiting and without following a link.</summary>
internal static partial class Posix
{
    public const int ReadOnly = 0;
    public const int ReadWrite = 2;

    private const int Interrupted = 4;

    // LOCK_EX | LOCK_NB, which is what .NET takes for FileShare.None too.
    private const int ExclusiveAtOnce = 2 | 4;
    private const int Unlocked = 8;

    /// <summary>A pipe is opened at once, whether or not it has another end.</summary>
    public static int NonBlocking => OperatingSystem.IsLinux() ? 0x800 : 0x4;

    /// <summary>A link is refused (ELOOP).</summary>
    public static int NoFollow => !OperatingSystem.IsLinux() ? 0x100
        : RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm ? 0x8000 : 0x20000;

    private static int WouldBlock => OperatingSystem.IsLinux() ? 11 : 35;

    private static int CloseOnExec => OperatingSystem.IsLinux() ? 0x80000 : 0x1000000;

    /// <summary>Opens a file that exists; null where the kernel refuses.</summary>
    public static SafeFileHandle? Open(string path, int flags)
    {
        int descriptor;
        do
            descriptor = OpenFile(path, flags | CloseOnExec);
        while (descriptor < 0 && Marshal.GetLastPInvokeError() == Interrupted);
        return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <summary>Takes the lock of an open file or folder. False while another one has it, null where the file system has no locks.</summary>
    public static bool? TryLock(SafeFileHandle file)
    {
        int result;
        do
            result = Lock(file, ExclusiveAtOnce);
        while (result != 0 && Marshal.GetLastPInvokeError() == Interrupted);
        return result == 0 ? true : Marshal.GetLastPInvokeError() == WouldBlock ? false : null;
    }

    /// <summary>Gives the lock back, also where other descriptors of the same open file are left.</summary>
    public static void Unlock(SafeFileHandle file) => _ = Lock(file, Unlocked);

    /// <summary>Why a file could not be opened, in .NET's own exception, which names permission, absence and exhaustion.</summary>
    public static Exception Failure(string path, Func<SafeFileHandle> open)
    {
        try
        {
            open().Dispose();
            return new IOException($"{Path.GetFileName(path)} changed while it was opened.");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return failure;
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFile(string path, int flags);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int Lock(SafeFileHandle file, int operation);
}
