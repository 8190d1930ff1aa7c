using System.IO.Compression;
using Granary.Cli.Tests.Support;

namespace Granary.Cli.Tests.Commands;

public sealed class BackupTests
{
    [Fact]
    public async Task A_backup_restores_to_the_same_vault_without_its_private_keys()
    {
        using var desk = new Desk();
        (await Provara.RunAsync("init", desk.Vault)).Succeeded();
        var archive = await BackupAsync(desk);
        using (var zip = ZipFile.OpenRead(archive))
            zip.Entries.ShouldNotContain(entry => entry.Name == "private_keys.json");
        var restored = (await Provara.RunAsync("restore", archive, "--to", desk.At("again"), "--json")).Succeeded().Json;
        restored["hash_checked"]!.GetValue<bool>().ShouldBeTrue();
        restored["has_private_keys"]!.GetValue<bool>().ShouldBeFalse();
        File.ReadAllBytes(desk.At("again", "events", "events.ndjson")).ShouldBe(File.ReadAllBytes(desk.At("notes", "events", "events.ndjson")));
        (await Provara.RunAsync("verify", desk.At("again"))).Succeeded();
    }

    [Fact]
    public async Task Asked_for_the_private_keys_come_along_readable_by_their_owner_only()
    {
        using var desk = new Desk();
        (await Provara.RunAsync("init", desk.Vault)).Succeeded();
        var archive = await BackupAsync(desk, "--include-private-keys");
        (await Provara.RunAsync("restore", archive, "--to", desk.At("again"))).Succeeded();
        var keys = desk.At("again", "identity", "private_keys.json");
        (await Provara.RunAsync("append", desk.At("again"), "--type", "OBSERVATION", "--data", "{}", "--keyfile", keys)).Succeeded();
        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(keys).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task A_link_under_the_name_of_a_backup_is_not_followed()
    {
        if (OperatingSystem.IsWindows())
            return;
        using var desk = new Desk();
        await desk.InitAsync();
        Directory.CreateDirectory(desk.At("b"));
        await File.WriteAllTextAsync(desk.At("victim"), "mine");
        for (var second = 0; second < 120; second++)
        {
            var name = DateTime.Now.AddSeconds(second).ToString("yyyy-MM-dd_HHmmss", System.Globalization.CultureInfo.InvariantCulture);
            foreach (var end in (string[])[".zip.part", ".zip", ".sha256"])
                File.CreateSymbolicLink(desk.At("b", $"Backup_{name}{end}"), desk.At("victim"));
        }
        var archive = (await Provara.RunAsync("backup", desk.Vault, "--to", desk.At("b"), "--keep", "1000", "--json")).Succeeded().Json["archive"]!.GetValue<string>();
        (await File.ReadAllTextAsync(desk.At("victim"))).ShouldBe("mine");
        File.GetUnixFileMode(archive).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        (await Provara.RunAsync("restore", archive, "--to", desk.At("again"))).Succeeded();
    }

    [Fact]
    public async Task A_broken_vault_is_not_backed_up()
    {
        using var desk = new Desk();
        await desk.InitAsync();
        desk.Tamper(log => log.Replace("initialized", "Initialized", StringComparison.Ordinal));
        (await Provara.RunAsync("backup", desk.Vault, "--to", desk.At("b"))).Failed().Error.ShouldContain("does not verify");
        Directory.Exists(desk.At("b")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_changed_archive_a_strange_one_and_an_existing_target_are_refused_and_leave_nothing()
    {
        using var desk = new Desk();
        await desk.InitAsync();
        var archive = await BackupAsync(desk);
        (await Provara.RunAsync("restore", archive, "--to", desk.Vault)).Failed().Error.ShouldContain("exists already");
        await File.AppendAllTextAsync(archive, "x");
        (await Provara.RunAsync("restore", archive, "--to", desk.At("again"))).Failed().Error.ShouldContain("not what was written");
        (await Provara.RunAsync("restore", desk.Keys, "--to", desk.At("again"))).Failed();
        Directory.GetDirectories(desk.Path).Select(Path.GetFileName).ShouldNotContain(name => name!.StartsWith("again", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("v/../../escaped.txt")]
    [InlineData("/escaped.txt")]
    [InlineData("v/./escaped.txt")]
    public async Task An_archive_that_names_a_file_outside_the_vault_is_refused(string name)
    {
        using var desk = new Desk();
        var archive = desk.At("evil.zip");
        using (var zip = ZipFile.Open(archive, ZipArchiveMode.Create))
        {
            zip.CreateEntry("v/identity/genesis.json");
            zip.CreateEntry(name);
        }
        (await Provara.RunAsync("restore", archive, "--to", desk.At("in", "again"))).Failed().Error.ShouldContain("vault");
        File.Exists(desk.At("escaped.txt")).ShouldBeFalse();
        File.Exists(desk.At("in", "escaped.txt")).ShouldBeFalse();
        Directory.Exists(desk.At("in", "again")).ShouldBeFalse();
    }

    [Fact]
    public async Task Only_so_many_backups_are_kept()
    {
        using var desk = new Desk();
        await desk.InitAsync();
        Directory.CreateDirectory(desk.At("b"));
        foreach (var day in (string[])["01", "02", "03"])
        {
            await File.WriteAllTextAsync(desk.At("b", $"Backup_2020-01-{day}_000000.zip"), "old");
            await File.WriteAllTextAsync(desk.At("b", $"Backup_2020-01-{day}_000000.sha256"), "old");
        }
        await BackupAsync(desk, "--keep", "2");
        Directory.GetFiles(desk.At("b"), "*.zip").Length.ShouldBe(2);
        File.Exists(desk.At("b", "Backup_2020-01-03_000000.sha256")).ShouldBeTrue();
        File.Exists(desk.At("b", "Backup_2020-01-02_000000.sha256")).ShouldBeFalse();
    }

    private static async Task<string> BackupAsync(Desk desk, params string[] more) =>
        (await Provara.RunAsync(["backup", desk.Vault, "--to", desk.At("b"), "--json", .. more])).Succeeded().Json["archive"]!.ToString();
}
