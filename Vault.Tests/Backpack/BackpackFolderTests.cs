using System.Text;
using Granary.Vault.Backpack;
using Granary.Vault.Backpack.Events;
using Granary.Vault.Backpack.Keys;
using Granary.Vault.Backpack.Manifests;
using Granary.Vault.Storage;
using Granary.Vault.Tests.Support;

namespace Granary.Vault.Tests.Backpack;

public sealed class BackpackFolderTests
{
    [Fact]
    public async Task A_folder_is_complete_and_has_nothing_foreign()
    {
        using var folder = new TestFolder();
        await FolderSetup.FillAsync(folder);
        var found = await FolderSetup.CheckAsync(folder);
        found.Lines.Count.ShouldBe(4);
        found.Documents.Keys.ShouldBe(
        [
            "identity/genesis.json", "identity/keys.json", "identity/private_keys.json", "manifest.json", "manifest.sig", "merkle_root.txt",
            "policies/ontology/perception_ontology_v1.json", "policies/retention_policy.json", "policies/safety_policy.json", "policies/sync_contract.json",
        ]);
        Directory.Exists(Path.Combine(folder.Vault, "state")).ShouldBeTrue();
        Directory.Exists(Path.Combine(folder.Vault, "artifacts", "cas")).ShouldBeTrue();
        FolderSetup.Beside(folder).ShouldBe([".notes.lock", "notes"]);
        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(Path.Combine(folder.Vault, PrivateKeyFile.FileName)).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task A_vault_is_made_in_an_empty_folder_and_in_no_other()
    {
        using var folder = new TestFolder();
        Directory.CreateDirectory(folder.Vault);
        await FolderSetup.CreateAsync(folder);
        await FolderSetup.CheckAsync(folder);
        (await Should.ThrowAsync<VaultStorageException>(() => FolderSetup.CreateAsync(folder))).Failure.ShouldBe(VaultStorageFailure.AlreadyExists);
    }

    [Fact]
    public async Task One_program_at_a_time()
    {
        using var folder = new TestFolder();
        await FolderSetup.CreateAsync(folder);
        await using (await FolderSetup.OpenAsync(folder))
        {
            var failure = await Should.ThrowAsync<VaultStorageException>(() => FolderSetup.OpenAsync(folder));
            failure.Failure.ShouldBe(VaultStorageFailure.Locked);
            failure.Message.ShouldContain("Another program");
        }
        await using var again = await FolderSetup.OpenAsync(folder);
    }

    [Fact]
    public async Task What_is_no_vault_is_not_opened()
    {
        using var folder = new TestFolder();
        (await Should.ThrowAsync<VaultStorageException>(() => FolderSetup.OpenAsync(folder))).Failure.ShouldBe(VaultStorageFailure.NotFound);
        Directory.CreateDirectory(folder.Vault);
        (await Should.ThrowAsync<VaultStorageException>(() => FolderSetup.OpenAsync(folder))).Message.ShouldContain("identity/genesis.json");
    }

    [Fact]
    public async Task Another_programs_changes_between_two_openings_are_taken_as_they_are()
    {
        using var folder = new TestFolder();
        await FolderSetup.FillAsync(folder);
        var log = Path.Combine(folder.Vault, BackpackBirth.LogName);
        var lines = File.ReadAllLines(log);
        await File.WriteAllLinesAsync(log, lines[..3]);
        await using (var opened = await FolderSetup.OpenAsync(folder))
        {
            opened.Vault.Log.Findings.ShouldBeEmpty();
            await TestBackpack.NoteAsync(opened.Vault, "more");
            await opened.Vault.WriteSealPointAsync(TestBackpack.Time, default);
        }
        (await FolderSetup.CheckAsync(folder)).Lines.Count.ShouldBe(4);
    }

    [Fact]
    public async Task A_torn_line_is_cut_and_kept_beside()
    {
        using var folder = new TestFolder();
        await FolderSetup.FillAsync(folder);
        await File.AppendAllTextAsync(Path.Combine(folder.Vault, BackpackBirth.LogName), "{\"actor\":\"age");
        await using (var opened = await FolderSetup.OpenAsync(folder))
        {
            opened.Vault.Log.Repairs.ShouldHaveSingleItem().Rule.ShouldBe("log.tail");
            await TestBackpack.NoteAsync(opened.Vault, "more");
            await opened.Vault.WriteSealPointAsync(TestBackpack.Time, default);
        }
        (await FolderSetup.CheckAsync(folder)).Lines.Count.ShouldBe(5);
        var kept = Directory.EnumerateFiles(Path.Combine(folder.Path, "vaults", ".notes.granary", "quarantine")).ShouldHaveSingleItem();
        File.ReadAllText(kept).ShouldBe("{\"actor\":\"age");
    }

    [Fact]
    public async Task Files_of_others_are_in_the_manifest_and_links_out_of_the_vault_are_not()
    {
        using var folder = new TestFolder();
        await FolderSetup.CreateAsync(folder);
        await File.WriteAllTextAsync(Path.Combine(folder.Vault, "artifacts", "cas", "picture"), "x");
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "outside"), "y");
        File.CreateSymbolicLink(Path.Combine(folder.Vault, "link"), Path.Combine(folder.Path, "outside"));
        File.CreateSymbolicLink(Path.Combine(folder.Vault, "inner"), Path.Combine(folder.Vault, "artifacts", "cas", "picture"));
        await using var opened = await FolderSetup.OpenAsync(folder);
        await opened.Vault.WriteSealPointAsync(TestBackpack.Time, default);
        var paths = Manifest.Read(File.ReadAllBytes(Path.Combine(folder.Vault, Manifest.FileName))).Entries.Select(entry => entry.Path).ToList();
        paths.ShouldContain("artifacts/cas/picture");
        paths.ShouldContain("inner");
        paths.ShouldNotContain("link");
    }

    [Fact]
    public async Task Keys_may_be_in_a_file_of_the_users_own()
    {
        using var folder = new TestFolder();
        await FolderSetup.CreateAsync(folder);
        var keyFile = Path.Combine(folder.Path, "my-keys.json");
        File.Move(Path.Combine(folder.Vault, PrivateKeyFile.FileName), keyFile);
        (await Should.ThrowAsync<VaultStorageException>(() => FolderSetup.OpenAsync(folder))).Message.ShouldContain("private keys are missing");
        await using (var opened = await FolderSetup.OpenAsync(folder, keys: new KeyFilePlace(keyFile)))
        {
            using var promoted = Fixture.Key("rotated");
            var change = await KeyRotation.PlanAsync(opened.Vault, new RotationRequest(opened.Vault.PublicKey.KeyId, promoted), TestBackpack.Time.GetUtcNow(), default);
            await opened.Vault.ApplyAsync(change, TestBackpack.Time, default);
            opened.Vault.PublicKey.KeyId.ShouldBe(promoted.PublicKey.KeyId);
        }
        File.Exists(Path.Combine(folder.Vault, PrivateKeyFile.FileName)).ShouldBeFalse();
        Directory.EnumerateFiles(folder.Path).ShouldHaveSingleItem().ShouldBe(keyFile);
        using var keys = PrivateKeyFile.Read(File.ReadAllBytes(keyFile));
        keys.Keys.Select(key => key.PublicKey.KeyId).ShouldBe(["bp1_03396219237f75a6", "bp1_24f6ed6acbfe1009"]);
        await FolderSetup.CheckAsync(folder);
    }

    [Fact]
    public async Task The_sample_vault_goes_on_where_the_reference_left_it()
    {
        using var folder = new TestFolder();
        FolderSetup.Copy(Fixture.PathOf("sample-vault-strict"), folder.Vault);
        using var root = Fixture.Key("root");
        await File.WriteAllBytesAsync(Path.Combine(folder.Path, "keys.json"), PrivateKeyFile.Write([root]));
        await using (var opened = await FolderSetup.OpenAsync(folder, keys: new KeyFilePlace(Path.Combine(folder.Path, "keys.json"))))
        {
            await TestBackpack.NoteAsync(opened.Vault, "by us", "agent_b");
            await opened.Vault.WriteSealPointAsync(TestBackpack.Time, default);
        }
        var found = await FolderSetup.CheckAsync(folder);
        found.Lines.Count.ShouldBe(12);
        found.Lines.Take(11).Select(FolderSetup.Text).ShouldBe(SampleEvents.Of("sample-vault-strict").Select(line => Encoding.UTF8.GetString(line)));
        new BackpackEvent(found.Lines[11].Span).PreviousId.ShouldBe("evt_dbe7b3c886f358f7ec5ffc28");
    }

    [Theory]
    [InlineData(28, "disk is full")]
    [InlineData(5, "device reported an error")]
    public async Task A_disk_that_refuses_changes_nothing(int error, string reason)
    {
        using var folder = new TestFolder();
        await FolderSetup.FillAsync(folder);
        var files = new FaultyFileSystem();
        await using (var opened = await FolderSetup.OpenAsync(folder, files))
        {
            files.Fail = (operation, path) => operation == "write" && path.EndsWith("events.ndjson", StringComparison.Ordinal) ? new IOException("no", error) : null;
            var failure = await Should.ThrowAsync<VaultStorageException>(() => TestBackpack.NoteAsync(opened.Vault, "too much"));
            failure.Failure.ShouldBe(VaultStorageFailure.Refused);
            failure.Message.ShouldContain(reason);
            files.Fail = null;
            await TestBackpack.NoteAsync(opened.Vault, "fits");
            await opened.Vault.WriteSealPointAsync(TestBackpack.Time, default);
        }
        (await FolderSetup.CheckAsync(folder)).Lines.Count.ShouldBe(5);
    }

    [Fact]
    public async Task Without_permission_nothing_is_written()
    {
        using var folder = new TestFolder();
        await FolderSetup.FillAsync(folder);
        var files = new FaultyFileSystem { Fail = (_, _) => new UnauthorizedAccessException() };
        var failure = await Should.ThrowAsync<VaultStorageException>(() => FolderSetup.OpenAsync(folder, files));
        failure.Failure.ShouldBe(VaultStorageFailure.Refused);
        failure.Message.ShouldContain("permission");
        await FolderSetup.CheckAsync(folder);
    }
}
