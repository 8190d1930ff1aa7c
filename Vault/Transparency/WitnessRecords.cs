using System.Security.Cryptography;
using System.Text;
using Granary.Vault.OutsideFiles;
using Granary.Vault.Storage.FileSystem;

namespace Granary.Vault.Transparency;

/// <summary>
/// What a witness remembers: of each log the last checkpoint that it signed, in a file named by the SHA-256 of the log's origin. A record that was lost
/// would let a log start again, so it is flushed before the signature leaves. One process at a time: the folder is locked.
/// </summary>
public sealed class WitnessRecords : IDisposable
{
    private static readonly PhysicalFileSystem Files = new();

    private readonly string _folder;
    private readonly FileStream _lock;

    private WitnessRecords(string folder, FileStream held) => (_folder, _lock) = (folder, held);

    /// <summary>Opens the folder, or makes it.</summary>
    /// <exception cref="IOException">Another process has it open, or it cannot be made.</exception>
    public static WitnessRecords Open(string folder)
    {
        Directory.CreateDirectory(folder);
        return new WitnessRecords(folder, new FileStream(Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
    }

    /// <summary>The name of a log's record: 64 hex digits.</summary>
    public static string NameOf(string origin) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(origin)));

    /// <summary>The record of this name; null where there is none.</summary>
    /// <exception cref="FormatException">It is damaged; then nothing may be signed, for what was signed before is not known.</exception>
    public SignedNote? Find(string name)
    {
        var path = PathOf(name);
        return File.Exists(path) ? SignedNote.Read(RegularFile.Read(path, SignedNote.MaxBytes)) : null;
    }

    /// <summary>Replaces a record in one step, durably.</summary>
    public void Save(string name, SignedNote note)
    {
        var path = PathOf(name);
        var draft = path + ".part";
        using (var file = new FileStream(draft, FileMode.Create, FileAccess.Write))
        {
            file.Write(note.Write());
            file.Flush(flushToDisk: true);
        }
        File.Move(draft, path, overwrite: true);
        // Without this a power cut could bring the old record back.
        Files.FlushFolder(_folder);
    }

    /// <inheritdoc />
    public void Dispose() => _lock.Dispose();

    private string PathOf(string name) => Path.Combine(_folder, $"{name}.checkpoint");
}
