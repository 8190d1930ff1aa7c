using Granary.Vault.OutsideFiles;

namespace Granary.Vault.Storage.Files;

/// <summary>
/// A lock on a vault's folder itself, which leaves no trace in it: it is held against programs that see the same folder under another path, as a gateway in
/// a container and a command outside of it do. Readers take no lock. Where the file system has none, the lock files beside the folder are all there is.
/// </summary>
internal static class FolderLock
{
    /// <summary>Locks a folder, where there is one.</summary>
    /// <exception cref="IOException">Another program has it.</exception>
    public static IDisposable? Take(string folder)
    {
        if (OperatingSystem.IsWindows() || !Directory.Exists(folder) || Posix.Open(folder, Posix.ReadOnly) is not { } open)
            return null;
        if (Posix.TryLock(open) != false)
            return new HeldLock(open);
        open.Dispose();
        throw new IOException("The folder is locked by another program.");
    }
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
