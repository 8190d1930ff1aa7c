using System.Globalization;
using Granary.Vault.Storage.FileSystem;

namespace Granary.Vault.Storage.Files;

/// <summary>Keeps what is cut off a vault, so that nothing anybody wrote is destroyed.</summary>
internal sealed class Quarantine(IFileSystem files, string folder, TimeProvider time)
{
    /// <summary>Stores bytes durably and returns the name they are kept under.</summary>
    public string Keep(string stream, long offset, ReadOnlySpan<byte> bytes)
    {
        files.CreateFolder(folder);
        var name = string.Create(CultureInfo.InvariantCulture, $"{time.GetUtcNow():yyyyMMdd'T'HHmmssfffffff'Z'}-{stream}-from-byte-{offset}");
        using (var file = files.Open(Path.Combine(folder, name), create: true, secret: true))
        {
            file.Write(bytes, 0);
            file.Flush();
        }
        files.FlushFolder(folder);
        return name;
    }
}
