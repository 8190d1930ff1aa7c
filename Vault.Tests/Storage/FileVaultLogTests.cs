using Granary.Vault.Psmc;
using Granary.Vault.Psmc.Bridge;
using Granary.Vault.Storage;
using Granary.Vault.Tests.Support;

namespace Granary.Vault.Tests.Storage;

public sealed class FileVaultLogTests
{
    [Fact]
    public async Task A_second_opener_gets_a_clear_error_and_the_vault_opens_again_afterwards()
    {
        using var folder = new TestFolder();
        await TestVault.CreateAsync(folder);
        await using (await TestVault.OpenAsync(folder))
        {
            var failure = await Should.ThrowAsync<VaultStorageException>(() => TestVault.OpenAsync(folder));
            failure.Failure.ShouldBe(VaultStorageFailure.Locked);
            failure.Message.ShouldContain("one writer");
        }
        await using var again = await TestVault.OpenAsync(folder);
    }

    [Theory]
    [InlineData("events/events.ndjson", "{\"data\":{\"n\"")]
    [InlineData("events/events.ndjson", "whole line of nonsense\n")]
    [InlineData("chain/chain.ndjson", "\0\0\0\0\0\0\n")]
    [InlineData("events/provara.ndjson", "{\"torn")]
    public async Task A_torn_tail_is_cut_kept_and_reported_never_signed(string file, string tail)
    {
        using var folder = new TestFolder();
        await TestVault.FillAsync(folder, 3);
        File.AppendAllText(Path.Combine(folder.Vault, file), tail);
        await using (var vault = await TestVault.OpenAsync(folder))
        {
            vault.Log.Head.Count.ShouldBe(3);
            vault.Log.Repairs.ShouldHaveSingleItem().Reason.ShouldContain(file);
            await TestVault.AppendAsync(vault, 1);
        }
        var kept = Directory.EnumerateFiles(Path.Combine(folder.State, "quarantine")).ShouldHaveSingleItem();
        File.ReadAllText(kept).ShouldBe(tail);
        (await TestVault.VerifyAsync(folder)).Findings.ShouldBeEmpty();
    }

    [Fact]
    public async Task Keys_are_kept_up_to_their_number_and_the_journal_does_not_grow_for_ever()
    {
        using var folder = new TestFolder();
        await TestVault.CreateAsync(folder);
        var store = new Granary.Vault.Storage.Files.FileVaultStore(new()
        {
            Folder = folder.Vault, StateFolder = folder.State, Formats = VaultFormats.All, IdempotencyKeys = 10,
        });
        await using (var vault = await PsmcVault.OpenAsync(store, default))
        {
            for (var i = 0; i < 12; i++)
                await TestVault.AppendAsync(vault, 20, $"k{i}-");
            (await vault.Log.FindKeyAsync("k11-19", default)).ShouldNotBeNull();
            (await vault.Log.FindKeyAsync("k11-9", default)).ShouldBeNull();
        }
        new FileInfo(Path.Combine(folder.State, "journal")).Length.ShouldBeLessThan(40_000);
        await using var again = await PsmcVault.OpenAsync(store, default);
        (await again.Log.FindKeyAsync("k11-19", default)).ShouldNotBeNull();
    }

    [Fact]
    public async Task The_vault_folder_holds_nothing_foreign()
    {
        using var folder = new TestFolder();
        await TestVault.CreateAsync(folder);
        await using var vault = await TestVault.OpenAsync(folder);
        await TestVault.AppendAsync(vault, 2, "k", await PsmcBridge.LoadAsync(vault.Log, default));
        Directory.EnumerateFiles(folder.Vault, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder.Vault, file)).Order(StringComparer.Ordinal)
            .ShouldBe(["README.txt", "chain/chain.ndjson", "events/events.ndjson", "events/provara.ndjson", "keys/active.pem", "keys/active.pub.pem", "psmc.json"]);
    }
}
