using Granary.Vault.Psmc;
using Granary.Vault.Psmc.Events;
using Granary.Vault.Storage;
using Granary.Vault.Storage.FileSystem;
using Granary.Vault.Storage.Files;
using Granary.Vault.Tests.Support;

namespace Granary.Vault.Tests.Storage;

/// <summary>A folder that is somebody else's, mounted read-only.</summary>
public sealed class PlainFolderTests
{
    [Fact]
    public async Task A_read_only_folder_is_read_and_takes_nothing_with_a_sentence_that_says_why()
    {
        using var folder = new TestFolder();
        using var key = Fixture.Key("root");
        await PsmcVault.CreateAsync(Store(folder, PhysicalFileSystem.Instance), key, DateTimeOffset.UnixEpoch, default);
        await using (var vault = await PsmcVault.OpenAsync(Store(folder, PhysicalFileSystem.Instance), default))
            await AppendAsync(vault);
        // What a program that died left, and what only a writer may cut off.
        await File.AppendAllTextAsync(Path.Combine(folder.Vault, "events", "events.ndjson"), "{\"half");
        await using var reader = await PsmcVault.OpenAsync(Store(folder, new ReadOnly(folder.Vault)), default);
        reader.Log.Head.Count.ShouldBe(1);
        (await reader.Log.ReadAsync(LogStream.Events, 0, 10, 1000, default)).Lines.Count.ShouldBe(1);
        (await reader.Log.ReadDocumentAsync("psmc.json", default)).ShouldNotBeNull();
        foreach (var write in (Func<Task>[])
            [
                () => AppendAsync(reader), () => reader.Log.WriteDocumentAsync(new VaultDocument("export.md", default), derived: false, default),
                () => reader.Log.DeleteDocumentAsync("psmc.json", default),
            ])
        {
            var refused = await Should.ThrowAsync<VaultStorageException>(write);
            (refused.Failure, refused.Message).ShouldBe(
                (VaultStorageFailure.Refused, "The vault's folder is read-only here; mount it writable, owned by the gateway's user, to append to it."));
        }
    }

    [Fact]
    public async Task Who_else_may_read_the_folder_stays_as_it_was()
    {
        if (OperatingSystem.IsWindows())
            return;
        using var folder = new TestFolder();
        using var key = Fixture.Key("root");
        await PsmcVault.CreateAsync(Store(folder, PhysicalFileSystem.Instance), key, DateTimeOffset.UnixEpoch, default);
        var events = Path.Combine(folder.Vault, "events", "events.ndjson");
        File.SetUnixFileMode(folder.Vault, (UnixFileMode)0b111_101_101);
        File.SetUnixFileMode(events, (UnixFileMode)0b110_100_100);
        await using (var vault = await PsmcVault.OpenAsync(Store(folder, PhysicalFileSystem.Instance), default))
            await AppendAsync(vault);
        (File.GetUnixFileMode(folder.Vault), File.GetUnixFileMode(events)).ShouldBe(((UnixFileMode)0b111_101_101, (UnixFileMode)0b110_100_100));
    }

    private static async Task AppendAsync(PsmcVault vault)
    {
        var built = vault.Builder.Build(PreparedEvent.Create("note", "{}"u8), vault.Log.Head, Guid.NewGuid(), DateTimeOffset.UnixEpoch, null);
        (await vault.Log.AppendAsync(vault.Log.Head, [built.Entry], default)).ShouldBeOfType<AppendOutcome.Appended>();
    }

    private static FileVaultStore Store(TestFolder folder, IFileSystem files) =>
        new(new FileVaultOptions { Folder = folder.Vault, StateFolder = folder.State, Formats = VaultFormats.All, IsPlain = true, Files = files });

    /// <summary>Nothing below a folder can be opened for writing.</summary>
    private sealed class ReadOnly(string root) : IFileSystem
    {
        private readonly PhysicalFileSystem _disk = PhysicalFileSystem.Instance;

        public IStorageFile Open(string path, bool create, bool secret = false) =>
            IsBelow(path) ? throw new IOException("Read-only file system") : _disk.Open(path, create, secret);

        public IStorageFile OpenRead(string path) => _disk.OpenRead(path);

        public IDisposable Lock(string path) => _disk.Lock(path);

        public bool FileExists(string path) => _disk.FileExists(path);

        public bool FolderExists(string path) => _disk.FolderExists(path);

        public void CreateFolder(string path) => Write(path, () => _disk.CreateFolder(path));

        public void Protect(string path)
        {
            if (path == root)
                throw new IOException("Read-only file system");
            _disk.Protect(path);
        }

        public IReadOnlyList<string> ListFiles(string path) => _disk.ListFiles(path);

        public void ReplaceFile(string from, string to) => Write(to, () => _disk.ReplaceFile(from, to));

        public void MoveFolder(string from, string to) => Write(to, () => _disk.MoveFolder(from, to));

        public void DeleteFile(string path) => Write(path, () => _disk.DeleteFile(path));

        public void DeleteFolder(string path) => Write(path, () => _disk.DeleteFolder(path));

        public void FlushFolder(string path) => _disk.FlushFolder(path);

        private void Write(string path, Action write)
        {
            if (IsBelow(path))
                throw new IOException("Read-only file system");
            write();
        }

        private bool IsBelow(string path) => path.StartsWith(root + "/", StringComparison.Ordinal);
    }
}
