using Granary.Vault.Storage.FileSystem;

namespace Granary.Tenants.Hosting;

/// <summary>A data folder that this process has for itself. A second process on it would find every vault in use, and its log of commits too.</summary>
public sealed class DataFolder : IDisposable
{
    private readonly IDisposable _held;

    private DataFolder(IDisposable held) => _held = held;

    /// <summary>Takes the folder, which is made where there is none, and closes it to other users.</summary>
    /// <exception cref="IOException">Another process has it.</exception>
    public static DataFolder Take(string path)
    {
        var files = PhysicalFileSystem.Instance;
        files.CreateFolder(path);
        files.Protect(path);
        try
        {
            return new DataFolder(files.Lock(Path.Combine(path, ".lock")));
        }
        catch (IOException failure)
        {
            throw new IOException(
                $"Another gateway has the data folder {path}: two cannot share one. End it, or give this one a folder of its own with --data or GRANARY_DATA.",
                failure);
        }
    }

    /// <inheritdoc />
    public void Dispose() => _held.Dispose();
}
