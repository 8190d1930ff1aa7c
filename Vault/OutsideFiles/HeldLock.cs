using Microsoft.Win32.SafeHandles;

namespace Granary.Vault.OutsideFiles;

/// <summary>
/// The lock of an open file or folder. It is given back in so many words: a lock ends with the last descriptor of what was opened, and a process that is being
/// started has a copy of every descriptor until its program is loaded, which on a busy machine takes a while.
/// </summary>
internal sealed class HeldLock(SafeFileHandle file) : IDisposable
{
    /// <inheritdoc />
    public void Dispose()
    {
        if (!file.IsClosed)
            Posix.Unlock(file);
        file.Dispose();
    }
}
