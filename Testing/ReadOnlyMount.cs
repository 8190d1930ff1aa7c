namespace Granary.Testing;

/// <summary>A folder that is mounted over itself, read-only, as a container's volume may be.</summary>
public sealed class ReadOnlyMount : IDisposable
{
    private readonly string _folder;

    public ReadOnlyMount(string folder)
    {
        _folder = folder;
        if (SmallDisk.Run("mount", "--bind", folder, folder) != 0)
            throw new IOException("The folder could not be mounted.");
        if (SmallDisk.Run("mount", "-o", "remount,ro,bind", folder) == 0)
            return;
        Dispose();
        throw new IOException("The folder could not be made read-only.");
    }

    public void Dispose() => SmallDisk.Run("umount", _folder);
}
