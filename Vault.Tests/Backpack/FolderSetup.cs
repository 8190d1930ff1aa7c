using System.Text;
using Granary.Vault.Backpack;
using Granary.Vault.Backpack.Keys;
using Granary.Vault.Storage.FileSystem;
using Granary.Vault.Tests.Support;
using Granary.Vault.Verification;
using Granary.Vault.Verification.Checks;

namespace Granary.Vault.Tests.Backpack;

/// <summary>Short ways to make, open and check a Backpack vault in a plain folder.</summary>
internal static class FolderSetup
{
    public static async Task CreateAsync(TestFolder folder, IFileSystem? files = null)
    {
        using var root = Fixture.Key("root");
        using var quorum = Fixture.Key("quorum");
        var birth = new BackpackBirth { Root = root, Quorum = quorum, Uid = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee" };
        await BackpackFolder.CreateAsync(folder.Vault, birth, TestBackpack.Time, default, files);
    }

    public static Task<BackpackFolder> OpenAsync(TestFolder folder, IFileSystem? files = null, IPrivateKeyPlace? keys = null) =>
        BackpackFolder.OpenAsync(folder.Vault, TestBackpack.Time, default, keys, files);

    /// <summary>A vault with two notes by an actor, closed.</summary>
    public static async Task<string> FillAsync(TestFolder folder)
    {
        await CreateAsync(folder);
        await using var opened = await OpenAsync(folder);
        var note = await TestBackpack.NoteAsync(opened.Vault, "secret");
        await TestBackpack.NoteAsync(opened.Vault, "other");
        await opened.Vault.WriteSealPointAsync(TestBackpack.Time, default);
        return note.EventId;
    }

    public static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.WriteAllBytes(copy, File.ReadAllBytes(file));
        }
    }

    public static async Task<MemoryBackpack> CheckAsync(TestFolder folder)
    {
        var found = MemoryBackpack.Load(folder.Vault);
        await found.ShouldBeStrictlyValidAsync();
        var report = await VaultVerifier.RunFolderAsync(folder.Vault, new VerificationOptions(), null, default);
        report.Errors.ShouldBe(0, string.Join('\n', report.Findings));
        return found;
    }

    public static IEnumerable<string> Beside(TestFolder folder) =>
        Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(folder.Vault)!).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);

    public static string Text(ReadOnlyMemory<byte> line) => Encoding.UTF8.GetString(line.Span);
}
