using System.Collections.Concurrent;
using Granary.Tenants.Hosting;
using Granary.Tenants.Tests.Support;
using Granary.Tenants.Vaults;
using Granary.Tenants.Vaults.Anchoring;
using Granary.Vault.Evidence;
using Granary.Vault.Evidence.Stamps;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Granary.Tenants.Tests.Hosting;

public sealed class AnchorScheduleTests
{
    private static readonly TimeSpan Every = TimeSpan.FromHours(6);

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(57));

    [Fact]
    public async Task Every_vault_is_stamped_by_every_authority_once_for_each_head()
    {
        var (first, second) = (new Stamper("http://one.example/"), new Stamper("http://two.example/"));
        await using var tenants = await WithVaultsAsync([first, second], "a", "b", "c");
        using var stop = new CancellationTokenSource();
        var running = tenants.Host.AnchorAsync(stop.Token);
        await AdvanceUntilAsync(() => first.Asked == 3 && second.Asked == 3);
        await tenants["b"].AppendAsync(TestTenants.Note(), default);
        await AdvanceUntilAsync(() => first.Asked == 4 && second.Asked == 4);
        // Three more rounds, in which nothing has grown.
        for (var i = 0; i < 36; i++)
            await AdvanceAsync(TimeSpan.FromMinutes(30));
        (first.Asked, second.Asked).ShouldBe((4, 4));
        await EndAsync(running, stop);
    }

    [Fact]
    public async Task An_authority_that_fails_or_never_answers_delays_no_other_and_is_asked_again()
    {
        var (good, failing, silent) = (new Stamper("http://good.example/"), new Stamper("http://failing.example/") { Fails = true }, new Stamper("http://silent.example/") { IsSilent = true });
        await using var tenants = await WithVaultsAsync([failing, silent, good], "a", "b");
        using var stop = new CancellationTokenSource();
        var running = tenants.Host.AnchorAsync(stop.Token);
        await AdvanceUntilAsync(() => good.Asked == 2 && failing.Asked == 1 && silent.Asked == 1, TimeSpan.Zero);
        await AdvanceUntilAsync(() => failing.Asked == 2, TimeSpan.FromSeconds(61));
        failing.Fails = false;
        await AdvanceUntilAsync(() => failing.Stamped == 2, TimeSpan.FromSeconds(121));
        silent.Stamped.ShouldBe(0);
        await EndAsync(running, stop);
    }

    [Fact]
    public async Task The_pause_after_failures_grows()
    {
        var failing = new Stamper("http://failing.example/") { Fails = true };
        await using var tenants = await WithVaultsAsync([failing], "a", "b", "c", "d");
        var log = new CapturedLog();
        using var stop = new CancellationTokenSource();
        var running = Schedule(tenants, failing, () => true, log).RunAsync(stop.Token);
        await AdvanceUntilAsync(() => failing.Asked == 9, TimeSpan.FromMinutes(1));
        int[] minutes = [1, 2, 4, 8, 16, 32, 60, 60];
        // What is said is what is waited at least; how much later a thread comes to run is the machine's affair.
        foreach (var (said, wanted) in log.Lines.Zip(minutes))
            said.ShouldContain($"asked again in {60 * wanted} s");
        var times = failing.Times.ToList();
        times.Zip(times.Skip(1), (a, b) => b - a).Zip(minutes, (seen, wanted) => seen - TimeSpan.FromMinutes(wanted)).ShouldAllBe(late => late >= TimeSpan.Zero);
        await EndAsync(running, stop);
    }

    [Fact]
    public async Task A_process_whose_turn_it_is_not_asks_nobody_until_it_is()
    {
        var stamper = new Stamper("http://one.example/");
        await using var tenants = await WithVaultsAsync([stamper], "a");
        var (isMine, looked) = (false, 0);
        var schedule = Schedule(tenants, stamper, () => Interlocked.Increment(ref looked) > 0 && Volatile.Read(ref isMine), NullLogger.Instance);
        using var stop = new CancellationTokenSource();
        var running = schedule.RunAsync(stop.Token);
        await AdvanceUntilAsync(() => Volatile.Read(ref looked) > 3);
        stamper.Asked.ShouldBe(0);
        Volatile.Write(ref isMine, true);
        await AdvanceUntilAsync(() => stamper.Stamped == 1);
        await EndAsync(running, stop);
    }

    private AnchorSchedule Schedule(TestTenants tenants, Stamper stamper, Func<bool> isMine, ILogger log) => new(
        new AnchorPlan([stamper], Every), new FileVaults(tenants.Folder, 10, _time, NullLogger.Instance), (_, name) => tenants[name.Value], isMine, _time, log);

    private static async Task EndAsync(Task running, CancellationTokenSource stop)
    {
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => running);
    }

    private async Task<TestTenants> WithVaultsAsync(IReadOnlyList<IHeadStamper> authorities, params string[] names)
    {
        foreach (var stamper in authorities.OfType<Stamper>())
            stamper.Time = _time;
        var tenants = new TestTenants(
            options => new InProcessTenantsOptions { DataFolder = options.DataFolder, Vaults = new VaultActivationOptions { Anchors = new AnchorPlan(authorities, Every) } }, _time);
        foreach (var name in names)
        {
            await tenants[name].CreateAsync(default);
            await tenants[name].AppendAsync(TestTenants.Note(), default);
        }
        return tenants;
    }

    private async Task AdvanceAsync(TimeSpan step)
    {
        _time.Advance(step);
        // What waited for the clock runs on threads of the pool.
        for (var i = 0; i < 5; i++)
            await Task.Run(() => { });
    }

    private async Task AdvanceUntilAsync(Func<bool> isSo, TimeSpan? step = null)
    {
        using var guard = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (!isSo())
        {
            guard.Token.ThrowIfCancellationRequested();
            await AdvanceAsync(step ?? TimeSpan.FromMinutes(10));
            await Task.Delay(10, guard.Token);
        }
    }

    private sealed class Stamper(string authority) : IHeadStamper
    {
        private int _asked;
        private int _stamped;

        public TimeProvider Time { get; set; } = TimeProvider.System;

        public ConcurrentQueue<DateTimeOffset> Times { get; } = new();

        public int Asked => Volatile.Read(ref _asked);

        public int Stamped => Volatile.Read(ref _stamped);

        public bool Fails { get; set; }

        public bool IsSilent { get; init; }

        public string Kind => HeadStamp.Rfc3161;

        public string Authority => authority;

        public async Task<byte[]> StampAsync(ReadOnlyMemory<byte> root, CancellationToken cancellation)
        {
            Times.Enqueue(Time.GetUtcNow());
            Interlocked.Increment(ref _asked);
            if (IsSilent)
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
            if (Fails)
                throw new EvidenceException("It is out of order.");
            Interlocked.Increment(ref _stamped);
            return [1];
        }
    }
}
