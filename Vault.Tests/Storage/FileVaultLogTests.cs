using System.Text;
using Granary.Vault.Psmc;
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

    [Fact]
    public async Task A_stale_writer_conflicts_and_changes_nothing()
    {
        using var folder = new TestFolder();
        await TestVault.FillAsync(folder, 3);
        await using var vault = await TestVault.OpenAsync(folder);
        var stale = TestVault.Build(vault, 1);
        var head = vault.Log.Head;
        await TestVault.AppendAsync(vault, 1);
        var outcome = await vault.Log.AppendAsync(head, stale, default);
        outcome.ShouldBeOfType<AppendOutcome.Conflict>().Head.ShouldBe(vault.Log.Head);
        vault.Log.Head.Count.ShouldBe(4);
    }

    [Fact]
    public async Task A_taken_key_is_told_from_the_batch_and_nothing_is_appended()
    {
        using var folder = new TestFolder();
        await TestVault.CreateAsync(folder);
        await using var vault = await TestVault.OpenAsync(folder);
        var first = await TestVault.AppendAsync(vault, 2, "k");
        var repeat = TestVault.Build(vault, 2, "k");
        var taken = (await vault.Log.AppendAsync(vault.Log.Head, repeat, default)).ShouldBeOfType<AppendOutcome.KeyTaken>();
        (taken.Index, taken.Record.Position, taken.Record.Hash).ShouldBe((0, 0, first[0].Hash));
        Encoding.UTF8.GetString(taken.Record.Claim.Receipt.Span).ShouldBe("receipt");
        vault.Log.Head.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    [InlineData(500)]
    public async Task Pages_of_any_size_give_every_line_once(int size)
    {
        using var folder = new TestFolder();
        await TestVault.FillAsync(folder, 333);
        await using var vault = await TestVault.OpenAsync(folder);
        var expected = File.ReadAllLines(Path.Combine(folder.Vault, "events", "events.ndjson"));
        var read = new List<string>();
        for (long at = 0; at < vault.Log.Head.Count;)
        {
            var page = await vault.Log.ReadAsync(LogStream.Events, at, size, 10_000, default);
            page.Lines.Count.ShouldBeInRange(1, size);
            read.AddRange(page.Lines.Select(line => Encoding.UTF8.GetString(line.Span)));
            at = page.Next;
        }
        read.ShouldBe(expected);
        (await vault.Log.ReadAsync(LogStream.Events, 333, size, 1000, default)).Lines.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_tail_reader_wakes_with_the_commit()
    {
        using var folder = new TestFolder();
        await TestVault.FillAsync(folder, 2);
        await using var vault = await TestVault.OpenAsync(folder);
        await vault.Log.WaitBeyondAsync(1, default);
        var waiting = vault.Log.WaitBeyondAsync(2, default);
        waiting.IsCompleted.ShouldBeFalse();
        await TestVault.AppendAsync(vault, 1);
        await waiting.WaitAsync(TimeSpan.FromSeconds(30));
        using var cancelled = new CancellationTokenSource();
        var never = vault.Log.WaitBeyondAsync(3, cancelled.Token);
        await cancelled.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => never);
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
            Folder = folder.Vault, StateFolder = folder.State, Format = PsmcFormat.Instance, IdempotencyKeys = 10,
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
