using Granary.Testing;
using Granary.Vault.Keys;
using Granary.Vault.Psmc;
using Granary.Vault.Psmc.Bridge;
using Granary.Vault.Psmc.Verification;
using Granary.Vault.Storage;
using Granary.Vault.Tests.Support;

namespace Granary.Vault.Tests.Storage;

public sealed class DeviceFailureTests
{
    [Theory]
    [InlineData("events.ndjson")]
    [InlineData("chain.ndjson")]
    [InlineData("provara.ndjson")]
    [InlineData("journal")]
    public async Task A_full_disk_refuses_the_append_and_leaves_nothing_of_it(string file)
    {
        using var folder = new TestFolder();
        await TestVault.FillAsync(folder, 2);
        var files = new FaultyFileSystem();
        await using (var vault = await TestVault.OpenAsync(folder, files))
        {
            files.Fail = (operation, path) => operation == "write" && path.EndsWith(file, StringComparison.Ordinal) ? new IOException("full", 28) : null;
            var bridge = await PsmcBridge.LoadAsync(vault.Log, default);
            var entries = TestVault.Build(vault, 2, "k", bridge);
            var failure = await Should.ThrowAsync<VaultStorageException>(() => vault.Log.AppendAsync(vault.Log.Head, entries, default));
            failure.Failure.ShouldBe(VaultStorageFailure.Refused);
            failure.Message.ShouldContain("disk is full");
            vault.Log.Head.Count.ShouldBe(2);
            (await vault.Log.FindKeyAsync("k0", default)).ShouldBeNull();
            (await new PsmcVerifier(vault.Log).RunAsync(null, null, default)).Findings.ShouldBeEmpty();
            new FileInfo(Path.Combine(folder.Vault, "events", "events.ndjson")).Length.ShouldBe(await LengthOfAsync(vault));
            files.Fail = null;
            await TestVault.AppendAsync(vault, 2, "k", await PsmcBridge.LoadAsync(vault.Log, default));
        }
        (await TestVault.VerifyAsync(folder)).EventCount.ShouldBe(4);
    }

    [Theory]
    [InlineData("write", "events.ndjson")]
    [InlineData("move", "notes")]
    public async Task A_vault_that_cannot_be_made_leaves_no_private_key(string operation, string name)
    {
        using var folder = new TestFolder();
        var files = new FaultyFileSystem { Fail = (done, path) => done == operation && path.EndsWith(name, StringComparison.Ordinal) ? new IOException("full", 28) : null };
        using var key = SigningKey.Generate();
        (await Should.ThrowAsync<VaultStorageException>(() => PsmcVault.CreateAsync(TestVault.Store(folder, files), key, TestVault.Time, default)))
            .Failure.ShouldBe(VaultStorageFailure.Refused);
        Directory.EnumerateFiles(folder.Path, "*.pem", SearchOption.AllDirectories).ShouldBeEmpty();
        await TestVault.CreateAsync(folder);
    }

    [Fact]
    public async Task After_a_failed_fsync_the_outcome_is_unknown_and_the_log_takes_nothing_more()
    {
        using var folder = new TestFolder();
        await TestVault.FillAsync(folder, 2);
        var files = new FaultyFileSystem();
        await using (var vault = await TestVault.OpenAsync(folder, files))
        {
            files.Fail = (operation, path) => operation == "flush" && path.EndsWith("chain.ndjson", StringComparison.Ordinal) ? new IOException("I/O error", 5) : null;
            foreach (var attempt in new[] { 1, 2 })
            {
                var entries = TestVault.Build(vault, 1);
                (await Should.ThrowAsync<VaultStorageException>(() => vault.Log.AppendAsync(vault.Log.Head, entries, default)))
                    .Failure.ShouldBe(VaultStorageFailure.OutcomeUnknown);
                files.Fail = null;
            }
        }
        (await TestVault.VerifyAsync(folder)).Findings.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_refusal_that_cannot_be_undone_is_an_unknown_outcome()
    {
        using var folder = new TestFolder();
        await TestVault.FillAsync(folder, 2);
        var files = new FaultyFileSystem();
        await using (var vault = await TestVault.OpenAsync(folder, files))
        {
            files.Fail = (operation, path) => path.EndsWith("chain.ndjson", StringComparison.Ordinal) ? new IOException("I/O error", 5) : null;
            (await Should.ThrowAsync<VaultStorageException>(() => vault.Log.AppendAsync(vault.Log.Head, TestVault.Build(vault, 1), default)))
                .Failure.ShouldBe(VaultStorageFailure.OutcomeUnknown);
        }
        var report = await TestVault.VerifyAsync(folder);
        report.Findings.ShouldBeEmpty();
        report.EventCount.ShouldBe(2);
    }

    [SmallDiskFact]
    public async Task A_disk_that_is_really_full_gives_an_error_and_no_half_event()
    {
        using var disk = new SmallDisk();
        using var folder = new TestFolder(disk.Path);
        await TestVault.FillAsync(folder, 2);
        long committed;
        await using (var vault = await TestVault.OpenAsync(folder))
        {
            var failure = await Should.ThrowAsync<VaultStorageException>(async () =>
            {
                while (true)
                    await TestVault.AppendAsync(vault, 100);
            });
            failure.Failure.ShouldBe(VaultStorageFailure.Refused);
            failure.Message.ShouldContain("disk is full");
            committed = vault.Log.Head.Count;
            committed.ShouldBeGreaterThan(2);
            (await new PsmcVerifier(vault.Log).RunAsync(null, null, default)).Findings.ShouldBeEmpty();
        }
        (await TestVault.VerifyAsync(folder)).EventCount.ShouldBe(committed);
    }

    private static async Task<long> LengthOfAsync(PsmcVault vault)
    {
        var page = await vault.Log.ReadAsync(LogStream.Events, 0, 1000, 1 << 20, default);
        return page.Lines.Sum(line => line.Length + 1L);
    }
}
