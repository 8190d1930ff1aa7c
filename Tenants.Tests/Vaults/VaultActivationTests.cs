using Granary.Tenants.Tests.Support;
using Granary.Tenants.Vaults;
using Granary.Vault;
using Granary.Vault.Keys;
using Granary.Vault.Psmc.Events;
using Granary.Vault.Storage;
using Granary.Vault.Storage.Files;
using Microsoft.Extensions.Logging.Abstractions;

namespace Granary.Tenants.Tests.Vaults;

public sealed class VaultActivationTests : IAsyncLifetime, IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), "granary-" + Guid.NewGuid().ToString("N"));
    private readonly List<(long From, int Count)> _committed = [];
    private GateStore _store = null!;
    private VaultActivation _vault = null!;

    public async Task InitializeAsync()
    {
        _store = new GateStore(new FileVaultStore(new FileVaultOptions
        {
            Folder = Path.Combine(_folder, "vault"), StateFolder = Path.Combine(_folder, "state"), Formats = VaultFormats.All,
        }));
        _vault = new VaultActivation(
            VaultName.Parse("notes"), _store, new VaultActivationOptions { MaxQueuedAppends = 4 }, TimeProvider.System, NullLogger.Instance,
            (from, count) => _committed.Add((from, count)));
        await _vault.CreateAsync(default);
    }

    public async Task DisposeAsync() => await _vault.DisposeAsync();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task What_waits_goes_into_one_commit()
    {
        _store.Gate = new SemaphoreSlim(0);
        var first = _vault.AppendAsync(TestTenants.Note(), default);
        await _store.Entered.WaitAsync();
        var others = Enumerable.Range(0, 4).Select(_ => _vault.AppendAsync(TestTenants.Note(), default)).ToList();
        _store.Gate.Release(2);
        await Task.WhenAll([first, .. others]);
        _store.Appends.ShouldBe(2);
        // Told after the callers, not before them.
        SpinWait.SpinUntil(() => _committed.Count == 2, TimeSpan.FromSeconds(30)).ShouldBeTrue();
        _committed.ShouldBe([(0, 1), (1, 4)]);
    }

    [Fact]
    public async Task A_full_queue_is_busy_and_says_when_to_come_back()
    {
        _store.Gate = new SemaphoreSlim(0);
        var first = _vault.AppendAsync(TestTenants.Note(), default);
        await _store.Entered.WaitAsync();
        var waiting = Enumerable.Range(0, 4).Select(_ => _vault.AppendAsync(TestTenants.Note(), default)).ToList();
        var failure = await Should.ThrowAsync<TenantException>(() => _vault.AppendAsync(TestTenants.Note(), default));
        failure.Failure.ShouldBe(TenantFailure.Busy);
        failure.RetryAfter.ShouldNotBeNull().ShouldBeGreaterThan(TimeSpan.Zero);
        (await _vault.QueryTimelineAsync(new TimelineQuery(), default)).Events.ShouldBeEmpty("reads neither wait nor see what is not committed");
        _store.Gate.Release(10);
        await Task.WhenAll([first, .. waiting]);
    }

    [Fact]
    public async Task Cancelling_while_it_waits_appends_nothing_and_after_that_the_outcome_is_unknown()
    {
        _store.Gate = new SemaphoreSlim(0);
        using var cancelled = new CancellationTokenSource();
        var begun = _vault.AppendAsync(TestTenants.Note(key: "k"), cancelled.Token);
        await _store.Entered.WaitAsync();
        var queued = _vault.AppendAsync(TestTenants.Note(), cancelled.Token);
        await cancelled.CancelAsync();
        (await Should.ThrowAsync<TenantException>(() => begun)).Failure.ShouldBe(TenantFailure.OutcomeUnknown);
        await Should.ThrowAsync<OperationCanceledException>(() => queued);
        _store.Gate.Release(10);
        (await _vault.AppendAsync(TestTenants.Note(key: "k"), default)).Replayed.ShouldBeTrue();
        (await _vault.VerifyAsync(null, default)).EventCount.ShouldBe(1);
    }

    [Fact]
    public async Task A_lost_fence_is_read_again_and_the_append_tried_again()
    {
        await _vault.AppendAsync(TestTenants.Note(key: "first"), default);
        // Another writer gets in between, with a key that this batch uses too.
        _store.BeforeAppend = log => AppendAsAnotherAsync(log, "shared");
        var appends = new[] { TestTenants.Note(key: "shared"), TestTenants.Note() }.Select(append => _vault.AppendAsync(append, default)).ToList();
        var receipts = await Task.WhenAll(appends);
        receipts.Select(receipt => receipt.Position).Order().ShouldBe([1, 2]);
        receipts[0].Replayed.ShouldBeTrue();
        var report = await _vault.VerifyAsync(null, default);
        report.Findings.ShouldBeEmpty();
        report.EventCount.ShouldBe(3);
    }

    private static async Task AppendAsAnotherAsync(IVaultLog log, string key)
    {
        var pem = await log.ReadDocumentAsync("keys/active.pem", default);
        using var signing = KeyPem.ReadPrivate(pem!.Value.Span);
        var builder = new PsmcEntryBuilder(signing);
        var prepared = PreparedEvent.Create("note", TestTenants.Note().Data.Span);
        var built = builder.Build(prepared, log.Head, Guid.NewGuid(), TimeProvider.System.GetUtcNow(), null);
        var receipt = StoredReceipt.Write(built.EventId, built.Timestamp, null, null);
        (await log.AppendAsync(log.Head, [built.Entry with { Claim = new IdempotencyClaim(key, prepared.ContentDigest(), receipt) }], default))
            .ShouldBeOfType<AppendOutcome.Appended>();
    }

    [Theory]
    [InlineData(VaultStorageFailure.Refused, TenantFailure.StorageRefused, 1)]
    [InlineData(VaultStorageFailure.Damaged, TenantFailure.Damaged, 1)]
    [InlineData(VaultStorageFailure.OutcomeUnknown, TenantFailure.OutcomeUnknown, 2)]
    public async Task A_stores_failure_is_told_in_the_doors_words_and_the_next_append_works(
        VaultStorageFailure failure, TenantFailure expected, int opened)
    {
        _store.Failure = new VaultStorageException(failure, "The device is on fire.");
        var told = await Should.ThrowAsync<TenantException>(() => _vault.AppendAsync(TestTenants.Note(bridge: true), default));
        told.Failure.ShouldBe(expected);
        told.Message.ShouldBe("The device is on fire.");
        (await _vault.AppendAsync(TestTenants.Note(bridge: true), default)).Position.ShouldBe(0);
        _store.Opened.ShouldBe(opened);
        (await _vault.VerifyAsync(null, default)).Findings.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_negative_limit_is_refused() =>
        (await Should.ThrowAsync<TenantException>(() => _vault.QueryTimelineAsync(new TimelineQuery { Limit = -1 }, default)))
            .Failure.ShouldBe(TenantFailure.InvalidInput);
}
