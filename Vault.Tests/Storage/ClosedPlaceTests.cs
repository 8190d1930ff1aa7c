using Granary.Vault.Psmc;
using Granary.Vault.Psmc.Export;
using Granary.Vault.Storage;
using Granary.Vault.Storage.FileSystem;
using Granary.Vault.Storage.Files;
using Granary.Vault.Tests.Support;

namespace Granary.Vault.Tests.Storage;

/// <summary>A vault's files are their owner's alone, and no link leads the store elsewhere.</summary>
public sealed class ClosedPlaceTests
{
    private const UnixFileMode Others = (UnixFileMode)0b000_111_111;

    [Theory]
    [InlineData("psmc")]
    [InlineData("backpack")]
    public async Task Nobody_but_the_owner_can_read_a_new_vault_or_an_old_one_that_was_opened(string format)
    {
        if (OperatingSystem.IsWindows())
            return;
        using var folder = new TestFolder();
        await CreateAsync(format, folder);
        Open(folder).ShouldBeEmpty();
        foreach (var path in Directory.EnumerateFileSystemEntries(folder.Vault, "*", SearchOption.AllDirectories).Append(folder.Vault).Append(folder.State))
            File.SetUnixFileMode(path, Directory.Exists(path) ? (UnixFileMode)0b111_101_101 : (UnixFileMode)0b110_100_100);
        Open(folder).ShouldNotBeEmpty();
        await (await TestVault.Store(folder).OpenAsync(default)).DisposeAsync();
        Open(folder).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("vaults")]
    [InlineData("vaults/notes")]
    [InlineData("vaults/notes/events")]
    [InlineData("vaults/notes/psmc.json")]
    [InlineData("vaults/notes/keys/active.pem")]
    [InlineData("state")]
    [InlineData("state/notes")]
    [InlineData("state/notes/lock")]
    [InlineData("vaults/notes/events/events.ndjson")]
    public async Task A_link_in_a_vault_s_place_is_not_followed(string place)
    {
        if (OperatingSystem.IsWindows())
            return;
        using var folder = new TestFolder();
        await CreateAsync("psmc", folder);
        var path = Path.Combine(folder.Path, place);
        var real = Path.Combine(folder.Path, "real");
        if (Directory.Exists(path))
        {
            Directory.Move(path, real);
            Directory.CreateSymbolicLink(path, real);
        }
        else
        {
            File.Move(path, real);
            File.CreateSymbolicLink(path, real);
        }
        var failure = await Should.ThrowAsync<VaultStorageException>(() => Store(folder).OpenAsync(default));
        (failure.Message + failure.InnerException?.Message).ShouldContain("symbolic link");
    }

    [Theory]
    [InlineData("vaults")]
    [InlineData("state")]
    public async Task No_vault_is_made_behind_a_link(string place)
    {
        if (OperatingSystem.IsWindows())
            return;
        using var folder = new TestFolder();
        var real = Directory.CreateDirectory(Path.Combine(folder.Path, "real")).FullName;
        Directory.CreateSymbolicLink(Path.Combine(folder.Path, place), real);
        using var key = Fixture.Key("psmc_active");
        var failure = await Should.ThrowAsync<VaultStorageException>(() => PsmcVault.CreateAsync(Store(folder), key, TestVault.Time, default));
        failure.Message.ShouldContain("symbolic link");
        Directory.EnumerateFileSystemEntries(real).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_root_that_is_a_link_is_its_owners_choice()
    {
        if (OperatingSystem.IsWindows())
            return;
        using var folder = new TestFolder();
        await CreateAsync("psmc", folder);
        var link = folder.Path + ".link";
        Directory.CreateSymbolicLink(link, folder.Path);
        var store = new FileVaultStore(new FileVaultOptions
        {
            Root = link,
            Folder = Path.Combine(link, "vaults", "notes"),
            StateFolder = Path.Combine(link, "state", "notes"),
            Formats = VaultFormats.All,
        });
        await (await store.OpenAsync(default)).DisposeAsync();
        Directory.Delete(link);
    }

    [Fact]
    public void A_draft_that_is_a_link_is_made_anew_and_what_it_points_to_stays()
    {
        if (OperatingSystem.IsWindows())
            return;
        using var folder = new TestFolder();
        var (target, draft) = (Path.Combine(folder.Path, "target"), Path.Combine(folder.Path, "events.ndjson.new"));
        File.WriteAllText(target, "mine");
        File.CreateSymbolicLink(draft, target);
        using (var file = PhysicalFileSystem.Instance.Open(draft, create: true))
            file.Write("theirs"u8, 0);
        File.ReadAllText(target).ShouldBe("mine");
        new FileInfo(draft).LinkTarget.ShouldBeNull();
    }

    [Theory]
    [InlineData("[click](javascript:alert(1))", "javascript:")]
    [InlineData("![x](http://evil.example/p.png)", "http://")]
    [InlineData("\\[click](http://evil.example)", "http://")]
    [InlineData("<script>alert(1)</script>", "<")]
    [InlineData("<https://evil.example>", "<")]
    [InlineData("see https://evil.example now", "https://")]
    [InlineData("WWW.evil.example", "WWW.")]
    [InlineData("a\n\n[x]: http://evil.example\n", "\n")]
    public void Text_of_events_makes_no_links_and_no_html_in_markdown(string text, string active) => Markdown.Inert(text).ShouldNotContain(active);

    [Fact]
    public void Brackets_are_escaped_and_a_backslash_before_one_does_not_undo_that() =>
        (Markdown.Inert("[a](b)"), Markdown.Inert("\\[a](b)")).ShouldBe(("\\[a\\](b)", "\\\\\\[a\\](b)"));

    [Theory]
    [InlineData("plain words, 3 > 2 and (so on): yes.")]
    [InlineData("a \\ b")]
    [InlineData("{\"n\": 1, \"text\": \"hello\"}")]
    public void Plain_text_stays_as_it_is(string text) => Markdown.Inert(text).ShouldBe(text);

    private static Task CreateAsync(string format, TestFolder folder) =>
        format == "psmc" ? TestVault.CreateAsync(folder) : StoredBackpack.CreateAsync(TestVault.Store(folder));

    private static FileVaultStore Store(TestFolder folder) =>
        new(new FileVaultOptions { Root = folder.Path, Folder = folder.Vault, StateFolder = folder.State, Formats = VaultFormats.All });

    private static List<string> Open(TestFolder folder) =>
        [.. Directory.EnumerateFileSystemEntries(folder.Vault, "*", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFileSystemEntries(folder.State, "*", SearchOption.AllDirectories))
            .Append(folder.Vault).Append(folder.State)
            .Where(path => !OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Others) != 0)];
}
