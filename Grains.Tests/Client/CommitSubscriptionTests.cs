using System.Collections.Concurrent;
using System.Diagnostics;
using Granary.Grains.Client;
using Granary.Grains.Contracts;
using Granary.Tenants;

namespace Granary.Grains.Tests.Client;

/// <summary>What a gateway makes of the messages of one tenant's commits, over a grain that loses some.</summary>
public sealed class CommitSubscriptionTests : IDisposable
{
    private static readonly TenantId Tenant = TenantId.Parse("acme");

    private readonly ConcurrentQueue<VaultCommitted> _told = new();
    private readonly Grain _grain = new() { Told = 100 };
    private readonly CommitSubscription _subscription;

    public CommitSubscriptionTests() => _subscription = new CommitSubscription(
        Tenant,
        _told.Enqueue,
        async (_, call) =>
        {
            try
            {
                await call(_grain, null!);
                return true;
            }
            catch (Exception)
            {
                return false;
            }
        },
        new CommitPace(new ClusterClientOptions { Renewal = TimeSpan.FromMilliseconds(50) }, TimeProvider.System));

    private int Looks => _told.Count(told => told.Vault is null);

    public void Dispose() => _subscription.Dispose();

    [Fact]
    public async Task Who_hears_everything_is_told_everything_and_never_to_look_again()
    {
        await RenewedAsync();
        for (var number = 101; number <= 110; number++)
            Send(number);
        await RenewedAsync();
        await RenewedAsync();
        Looks.ShouldBe(1, "once, for what was before");
        _told.Where(told => told.Vault is not null).Select(told => told.Head).ShouldBe(Enumerable.Range(101, 10).Select(number => (long)number));
    }

    [Fact]
    public async Task A_gap_in_the_numbers_is_told_at_once()
    {
        await RenewedAsync();
        Send(101);
        Send(103);
        Looks.ShouldBe(2);
    }

    [Fact]
    public async Task A_message_that_was_the_last_and_never_came_is_noticed_by_the_next_renewal()
    {
        await RenewedAsync();
        _grain.Told = 101;
        await ClusterVaultTests.WaitUntilAsync(() => Looks == 2);
        await RenewedAsync();
        await RenewedAsync();
        Looks.ShouldBe(2, "and once only");
    }

    [Fact]
    public async Task Another_activation_has_other_numbers_and_is_noticed()
    {
        await RenewedAsync();
        _grain.Told = 7;
        await ClusterVaultTests.WaitUntilAsync(() => Looks == 2);
        Send(8);
        _told.Last().Head.ShouldBe(8);
    }

    [Fact]
    public async Task A_grain_that_goes_is_renewed_soon_and_one_that_fails_is_tried_again()
    {
        await RenewedAsync();
        _grain.Failures = 3;
        _subscription.Hear(new CommitMessage(Tenant.Value, "", 0));
        await ClusterVaultTests.WaitUntilAsync(() => _grain.Failures == 0);
        await RenewedAsync();
    }

    [Fact]
    public async Task A_silo_of_the_version_before_is_subscribed_to_by_its_own_call_and_its_messages_have_no_number()
    {
        _grain.IsOld = true;
        await ClusterVaultTests.WaitUntilAsync(() => _grain.OldRenewals > 1);
        Send(0);
        Send(0);
        _told.Count(told => told.Vault is not null).ShouldBe(2);
        var looks = Looks;
        _grain.IsNew = true;
        await ClusterVaultTests.WaitUntilAsync(() => Looks > looks);
    }

    [Fact]
    public async Task Its_renewals_are_no_part_of_the_call_that_opened_the_stream()
    {
        using var call = new Activity("call").Start();
        var seen = new ConcurrentQueue<Activity?>();
        using var subscription = new CommitSubscription(
            Tenant,
            _ => { },
            (_, _) =>
            {
                seen.Enqueue(Activity.Current);
                return Task.FromResult(true);
            },
            new CommitPace(new ClusterClientOptions { Renewal = TimeSpan.FromMilliseconds(20) }, TimeProvider.System));
        await ClusterVaultTests.WaitUntilAsync(() => seen.Count > 2);
        seen.ShouldAllBe(activity => activity == null);
    }

    [Fact]
    public async Task Disposed_it_calls_the_grain_no_more()
    {
        await RenewedAsync();
        _subscription.Dispose();
        await _subscription.Ended;
        var renewals = _grain.Renewals;
        _subscription.RenewSoon();
        await Task.Delay(200);
        _grain.Renewals.ShouldBe(renewals);
    }

    private void Send(long number)
    {
        _grain.Told = number;
        _subscription.Hear(new CommitMessage(Tenant.Value, "notes", number, number));
    }

    private Task RenewedAsync()
    {
        var renewals = _grain.Renewals;
        return ClusterVaultTests.WaitUntilAsync(() => _grain.Renewals > renewals + 1);
    }

    private sealed class Grain : ICommitsGrain
    {
        private long _told;
        private int _renewals;
        private int _oldRenewals;
        private int _failures;

        public long Told { get => Volatile.Read(ref _told); set => Volatile.Write(ref _told, value); }

        public int Failures { get => Volatile.Read(ref _failures); set => Volatile.Write(ref _failures, value); }

        public bool IsOld { get; set; }

        public bool IsNew { get; set; }

        public int Renewals => Volatile.Read(ref _renewals);

        public int OldRenewals => Volatile.Read(ref _oldRenewals);

        public Task<long> ListenAsync(ICommitObserver observer)
        {
            if (IsOld)
                throw new NotSupportedException("listen");
            if (Failures > 0)
            {
                Interlocked.Decrement(ref _failures);
                throw new SiloUnavailableException();
            }
            Interlocked.Increment(ref _renewals);
            return Task.FromResult(Told);
        }

        public Task<bool> SubscribeAsync(ICommitObserver observer)
        {
            Interlocked.Increment(ref _oldRenewals);
            return Task.FromResult(IsNew);
        }

        public Task UnsubscribeAsync(ICommitObserver observer) => Task.CompletedTask;

        public Task<bool> PublishAsync(CommitMessage commit) => Task.FromResult(true);
    }
}
