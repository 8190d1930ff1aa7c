using System.Text;
using Granary.Vault.Psmc;
using Granary.Vault.Psmc.Bridge;
using Granary.Vault.Psmc.Events;
using Granary.Vault.Psmc.Verification;
using Granary.Vault.Storage;
using Granary.Vault.Tests.Support;

namespace Granary.Vault.Tests.Storage.Contract;

/// <summary>What every store promises: appends. Reads and documents are in another part.</summary>
public abstract partial class VaultStoreContract
{
    /// <summary>A new place with no vault in it.</summary>
    protected abstract IVaultPlace NewPlace();

    [Fact]
    public async Task There_is_no_vault_before_it_is_created_and_only_one_after()
    {
        using var place = NewPlace();
        (await Should.ThrowAsync<VaultStorageException>(() => place.Store().OpenAsync(default))).Failure.ShouldBe(VaultStorageFailure.NotFound);
        await CreateAsync(place);
        (await Should.ThrowAsync<VaultStorageException>(() => CreateAsync(place))).Failure.ShouldBe(VaultStorageFailure.AlreadyExists);
        await using var vault = await PsmcVault.OpenAsync(place.Store(), default);
        vault.Log.Head.ShouldBe(LogHead.Empty);
        (vault.Log.Count(LogStream.Events), vault.Log.Count(LogStream.Chain), vault.Log.Count(LogStream.Bridge)).ShouldBe((0, 0, 0));
    }

    [Fact]
    public async Task Of_several_who_create_at_once_one_succeeds_and_its_vault_is_whole()
    {
        using var place = NewPlace();
        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            try
            {
                await CreateAsync(place);
                return "created";
            }
            catch (VaultStorageException failure)
            {
                return failure.Failure is VaultStorageFailure.AlreadyExists or VaultStorageFailure.Locked ? "late" : failure.Message;
            }
        })));
        results.Order(StringComparer.Ordinal).ShouldBe(["created", .. Enumerable.Repeat("late", 7)]);
        await using var vault = await PsmcVault.OpenAsync(place.Store(), default);
        await TestVault.AppendAsync(vault, 1);
        (await VerifyAsync(vault)).Findings.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_append_to_a_position_or_a_head_that_is_not_the_logs_conflicts_and_changes_nothing()
    {
        using var place = NewPlace();
        await using var vault = await FillAsync(place, 3);
        var stale = TestVault.Build(vault, 1);
        var (before, now) = (vault.Log.Head, (await vault.Log.AppendAsync(vault.Log.Head, TestVault.Build(vault, 1), default)).ShouldBeOfType<AppendOutcome.Appended>().Head);
        foreach (var wrong in (LogHead[])[before, now with { Count = 3 }, now with { Hash = before.Hash }, now with { Count = 5 }, LogHead.Empty])
            (await vault.Log.AppendAsync(wrong, stale, default)).ShouldBeOfType<AppendOutcome.Conflict>($"{wrong}").Head.ShouldBe(now);
        vault.Log.Head.ShouldBe(now);
        (await vault.Log.RefreshAsync(default)).ShouldBe(now);
        (await VerifyAsync(vault)).EventCount.ShouldBe(4);
    }

    [Fact]
    public async Task A_second_opener_is_either_refused_or_fenced()
    {
        using var place = NewPlace();
        await using var first = await FillAsync(place, 2);
        if (!place.ManyOpeners)
        {
            (await Should.ThrowAsync<VaultStorageException>(() => place.Store().OpenAsync(default))).Failure.ShouldBe(VaultStorageFailure.Locked);
            return;
        }
        await using var second = await PsmcVault.OpenAsync(place.Store(), default);
        second.Log.Head.ShouldBe(first.Log.Head);
        var stale = (first.Log.Head, Entries: TestVault.Build(first, 2, "stale"));
        await TestVault.AppendAsync(second, 3);
        (await first.Log.AppendAsync(stale.Head, stale.Entries, default)).ShouldBeOfType<AppendOutcome.Conflict>().Head.ShouldBe(second.Log.Head);
        first.Log.Head.ShouldBe(second.Log.Head);
        (await first.Log.FindKeyAsync("stale0", default)).ShouldBeNull();
        await TestVault.AppendAsync(first, 2);
        (await second.Log.RefreshAsync(default)).ShouldBe(first.Log.Head);
        (await VerifyAsync(second)).ShouldSatisfyAllConditions(report => report.Valid.ShouldBeTrue(), report => report.EventCount.ShouldBe(7));
        second.Log.Findings.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_taken_key_is_told_with_its_first_record_and_the_batch_is_not_appended()
    {
        using var place = NewPlace();
        await using var vault = await OpenAsync(place);
        var first = await TestVault.AppendAsync(vault, 3, "k");
        var repeat = TestVault.Build(vault, 3, "n");
        repeat[1] = repeat[1] with { Claim = repeat[1].Claim! with { Key = "k2", Digest = new string('f', 64), Receipt = "other"u8.ToArray() } };
        var taken = (await vault.Log.AppendAsync(vault.Log.Head, repeat, default)).ShouldBeOfType<AppendOutcome.KeyTaken>();
        (taken.Index, taken.Record.Position, taken.Record.Hash, taken.Record.Claim.Key, taken.Record.Claim.Digest)
            .ShouldBe((1, 2, first[2].Hash, "k2", first[2].Claim!.Digest));
        Encoding.UTF8.GetString(taken.Record.Claim.Receipt.Span).ShouldBe("receipt");
        vault.Log.Head.Count.ShouldBe(3);
        (await vault.Log.FindKeyAsync("n0", default)).ShouldBeNull();
    }

    [Fact]
    public async Task A_conflict_is_told_before_a_taken_key()
    {
        using var place = NewPlace();
        await using var vault = await OpenAsync(place);
        var (head, same) = (vault.Log.Head, TestVault.Build(vault, 1, "k"));
        await TestVault.AppendAsync(vault, 1, "k");
        (await vault.Log.AppendAsync(head, same, default)).ShouldBeOfType<AppendOutcome.Conflict>();
    }

    [Fact]
    public async Task Keys_survive_a_new_opening_and_receipts_are_any_bytes()
    {
        using var place = NewPlace();
        byte[] receipt = [0, 1, 32, 10, 255, 128];
        await using (var vault = await OpenAsync(place))
        {
            var entry = TestVault.Build(vault, 1, "odd key ~!")[0];
            entry = entry with { Claim = entry.Claim! with { Receipt = receipt } };
            (await vault.Log.AppendAsync(vault.Log.Head, [entry], default)).ShouldBeOfType<AppendOutcome.Appended>();
        }
        await using var again = await PsmcVault.OpenAsync(place.Store(), default);
        var record = (await again.Log.FindKeyAsync("odd key ~!0", default)).ShouldNotBeNull();
        record.Claim.Receipt.ToArray().ShouldBe(receipt);
        (record.Position, record.Hash).ShouldBe((0, again.Log.Head.Hash));
        (await again.Log.FindKeyAsync("odd", default)).ShouldBeNull();
    }

    [Fact]
    public async Task The_youngest_keys_are_kept_and_no_more()
    {
        using var place = NewPlace();
        await CreateAsync(place);
        await using var vault = await PsmcVault.OpenAsync(place.Store(idempotencyKeys: 10), default);
        for (var i = 0; i < 4; i++)
            await TestVault.AppendAsync(vault, 7, $"k{i}-");
        var kept = new List<string>();
        foreach (var key in Enumerable.Range(0, 28).Select(i => $"k{i / 7}-{i % 7}"))
        {
            if (await vault.Log.FindKeyAsync(key, default) is not null)
                kept.Add(key);
        }
        kept.ShouldBe(["k2-4", "k2-5", "k2-6", .. Enumerable.Range(0, 7).Select(i => $"k3-{i}")]);
        (await vault.Log.AppendAsync(vault.Log.Head, TestVault.Build(vault, 1, "k0-"), default)).ShouldBeOfType<AppendOutcome.Appended>();
    }

    [Fact]
    public async Task The_largest_batch_is_one_step()
    {
        using var place = NewPlace();
        await using var vault = await OpenAsync(place);
        var bridge = await PsmcBridge.LoadAsync(vault.Log, default);
        var (head, entries) = (vault.Log.Head, new List<LogEntry>());
        for (var i = 0; i < 256; i++)
        {
            var prepared = PreparedEvent.Create("note", Encoding.UTF8.GetBytes($$"""{"subject":"s","text":"{{new string('x', 16 * 1024)}}"}"""), null, i % 2 == 0);
            var built = vault.Builder.Build(prepared, head, Guid.NewGuid(), TestVault.Time, bridge.LastEventId);
            if (built.BridgeEventId is not null)
                bridge.Apply(built);
            entries.Add(built.Entry with { Claim = new IdempotencyClaim($"k{i}", prepared.ContentDigest(), new byte[4096]) });
            head = new LogHead(head.Count + 1, built.Entry.Hash);
        }
        (await vault.Log.AppendAsync(vault.Log.Head, entries, default)).ShouldBeOfType<AppendOutcome.Appended>().Head.ShouldBe(head);
        vault.Log.Count(LogStream.Bridge).ShouldBe(128);
        (await VerifyAsync(vault)).Findings.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_cancelled_or_closed_append_changes_nothing()
    {
        using var place = NewPlace();
        await using (var vault = await OpenAsync(place))
        {
            var entries = TestVault.Build(vault, 1);
            await Should.ThrowAsync<OperationCanceledException>(() => vault.Log.AppendAsync(vault.Log.Head, entries, new CancellationToken(canceled: true)));
            await vault.Log.DisposeAsync();
            (await Should.ThrowAsync<VaultStorageException>(() => vault.Log.AppendAsync(LogHead.Empty, entries, default))).Failure.ShouldBe(VaultStorageFailure.Refused);
        }
        await using var again = await PsmcVault.OpenAsync(place.Store(), default);
        again.Log.Head.ShouldBe(LogHead.Empty);
    }

    [Fact]
    public async Task Nothing_acknowledged_is_lost_and_nothing_doubled_wherever_the_process_dies()
    {
        for (var step = 1; ; step++)
        {
            using var place = NewPlace();
            var run = new CrashRun();
            bool finished;
            await using (var dying = place.Dying(step))
                finished = await run.StormAsync(dying);
            await run.CheckAsync(place, $"step {step}");
            if (!finished)
                continue;
            step.ShouldBeGreaterThan(10, "the storm has that many steps at least");
            return;
        }
    }

    private protected static async Task<PsmcVault> OpenAsync(IVaultPlace place)
    {
        await CreateAsync(place);
        return await PsmcVault.OpenAsync(place.Store(), default);
    }

    private protected static async Task<PsmcVault> FillAsync(IVaultPlace place, int count)
    {
        var vault = await OpenAsync(place);
        for (var left = count; left > 0; left -= 500)
            await TestVault.AppendAsync(vault, Math.Min(left, 500));
        return vault;
    }

    private protected static Task<PsmcReport> VerifyAsync(PsmcVault vault) => new PsmcVerifier(vault.Log).RunAsync(null, null, default);

    private protected static async Task CreateAsync(IVaultPlace place)
    {
        using var key = Fixture.Key("psmc_active");
        await PsmcVault.CreateAsync(place.Store(), key, TestVault.Time, default);
    }
}
