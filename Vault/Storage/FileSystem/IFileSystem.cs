namespace Granary.Vault.Storage.FileSystem;

/// <summary>The file operations the store is made of; tests put failures between them. All of them block.</summary>
public interface IFileSystem
{
    /// <summary>Opens a file for reading and writing, creating it if asked to.</summary>
    IStorageFile Open(string path, bool create, bool secret = false);

    /// <summary>Opens a file for reading only.</summary>
    IStorageFile OpenRead(string path);

    /// <summary>Creates or opens a lock file and locks it; fails with <see cref="IOException"/> while another handle holds it.</summary>
    IDisposable Lock(string path);

    /// <summary>True when the file exists.</summary>
    bool FileExists(string path);

    /// <summary>True when the folder exists.</summary>
    bool FolderExists(string path);

    /// <summary>Creates a folder and those above it, durably.</summary>
    void CreateFolder(string path);

    /// <summary>Takes a folder of ours, with all that is in it, from everybody but its owner: older versions left both readable.</summary>
    void Protect(string path)
    {
    }

    /// <summary>Whether a path or a folder in it is a link to somewhere else.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="root">A folder above it, for what is this program's alone: then no folder between the two may be a link, and no file. Null otherwise.</param>
    bool LeadsElsewhere(string path, string? root) => false;

    /// <summary>The names of the files directly in a folder.</summary>
    IReadOnlyList<string> ListFiles(string path);

    /// <summary>Renames a file over another, in one step.</summary>
    void ReplaceFile(string from, string to);

    /// <summary>Renames a folder to a name that is free, in one step.</summary>
    void MoveFolder(string from, string to);

    /// <summary>Deletes a file if it exists.</summary>
    void DeleteFile(string path);

    /// <summary>Deletes a folder with all that is in it, if it exists.</summary>
    void DeleteFolder(string path);

    /// <summary>Makes names created, renamed or deleted in a folder durable.</summary>
    void FlushFolder(string path);
}

/// <summary>An open file.</summary>
public interface IStorageFile : IDisposable
{
    /// <summary>Its length in bytes.</summary>
    long Length { get; }

    /// <summary>Reads up to the buffer's length; returns 0 only at the end.</summary>
    int Read(Span<byte> buffer, long offset);

    /// <summary>Writes all bytes.</summary>
    void Write(ReadOnlySpan<byte> bytes, long offset);

    /// <summary>Makes what was written durable (fsync).</summary>
    void Flush();

    /// <summary>Cuts or extends it.</summary>
    void SetLength(long length);
}
