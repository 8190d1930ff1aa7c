using Granary.Grains.Client;
using Granary.Grains.Contracts;
using Granary.Grains.Redis;
using Granary.Tenants;

namespace Granary.Grains.Tests.Client;

/// <summary>What a gateway does with calls that the way to a silo failed.</summary>
public sealed class RepeatTests
{
    [Fact]
    public async Task Only_a_failure_of_the_way_is_repeated_and_a_silo_that_stops_counts_as_one()
    {
        var failures = new Queue<Exception>([
            new TimeoutException(), new Orleans.Runtime.SiloUnavailableException(), TenantFaultException.Moving("Stopping.", TimeSpan.FromSeconds(1)),
            new TenantFaultException("Unavailable", "This process is stopping; try again.", 1000),
        ]);
        var attempts = 0;
        var result = await Calls().RunAsync(TenantId.Default, CallKind.Read, _ =>
        {
            attempts++;
            return failures.TryDequeue(out var failure) ? Task.FromException<string>(failure) : Task.FromResult("done");
        }, default);
        (result, attempts).ShouldBe(("done", 5));
    }

    [Theory]
    [InlineData(TenantFailure.Unavailable)]
    [InlineData(TenantFailure.Busy)]
    [InlineData(TenantFailure.OutcomeUnknown)]
    [InlineData(TenantFailure.StorageRefused)]
    public async Task What_the_tenant_says_is_the_answer_whatever_it_says(TenantFailure kind)
    {
        foreach (var call in (CallKind[])[CallKind.Read, CallKind.KeyedWrite, CallKind.Write])
        {
            var attempts = 0;
            var told = await ClusterVaultTests.FailureAsync(Calls().RunAsync(TenantId.Default, call, _ =>
            {
                attempts++;
                return Task.FromException<string>(TenantFaultException.From(new TenantException(kind, "Its own words.", TimeSpan.FromSeconds(1))));
            }, default));
            (told.Failure, told.Message, attempts).ShouldBe((kind, "Its own words.", 1));
        }
    }

    [Fact]
    public async Task No_wait_outlives_the_calls_time_even_if_no_silo_ever_answers()
    {
        var calls = Calls(new ClusterClientOptions { Patience = TimeSpan.FromMilliseconds(200) });
        var read = await ClusterVaultTests.FailureAsync(calls.RunAsync(TenantId.Default, CallKind.Read, Never, default));
        read.Failure.ShouldBe(TenantFailure.Unavailable);
        var write = await ClusterVaultTests.FailureAsync(calls.RunAsync(TenantId.Default, CallKind.KeyedWrite, Never, default));
        write.Failure.ShouldBe(TenantFailure.OutcomeUnknown);
    }

    [Fact]
    public async Task What_must_not_happen_twice_is_not_repeated_once_it_may_have_happened()
    {
        var attempts = 0;
        var told = await ClusterVaultTests.FailureAsync(Calls().RunAsync(TenantId.Default, CallKind.Write, _ =>
        {
            attempts++;
            return Task.FromException<string>(new TimeoutException());
        }, default));
        (told.Failure, attempts).ShouldBe((TenantFailure.OutcomeUnknown, 1));
    }

    [Fact]
    public async Task A_lost_connection_ends_the_wait_for_what_may_be_repeated()
    {
        var silos = new ClusterConnection(TimeProvider.System);
        silos.NotifyGatewayCountChanged(2, 0, false);
        var attempts = 0;
        var call = Calls(silos: silos).RunAsync(TenantId.Default, CallKind.KeyedWrite, end => Interlocked.Increment(ref attempts) == 1 ? Never(end) : Task.FromResult("done"), default);
        await ClusterVaultTests.WaitUntilAsync(() => attempts == 1);
        silos.NotifyGatewayCountChanged(1, 2, false);
        (await call.WaitAsync(TimeSpan.FromMinutes(5))).ShouldBe("done");
    }

    [Fact]
    public async Task A_redis_that_falls_silent_ends_the_wait_of_a_call_that_no_silo_answers()
    {
        foreach (var (kind, failure) in ((CallKind, TenantFailure)[])
            [(CallKind.Read, TenantFailure.Unavailable), (CallKind.KeyedWrite, TenantFailure.OutcomeUnknown), (CallKind.Write, TenantFailure.OutcomeUnknown)])
        {
            var redis = new RedisSilence();
            var attempts = 0;
            var call = Calls(new ClusterClientOptions { AfterLoss = TimeSpan.FromMilliseconds(50) }, redis: redis).RunAsync(TenantId.Default, kind, end =>
            {
                attempts++;
                return Never(end);
            }, default);
            redis.Heard(answers: false);
            var told = await ClusterVaultTests.FailureAsync(call.WaitAsync(TimeSpan.FromMinutes(1)));
            (told.Failure, attempts).ShouldBe((failure, 1));
            told.Message.ShouldContain("Redis does not answer");
        }
    }

    [Fact]
    public async Task What_a_silo_answers_is_the_answer_while_redis_is_silent_and_once_it_is_back_calls_are_repeated()
    {
        var redis = new RedisSilence();
        redis.Heard(answers: false);
        var calls = Calls(redis: redis);
        (await calls.RunAsync(TenantId.Default, CallKind.Read, _ => Task.FromResult("done"), default)).ShouldBe("done");
        redis.Heard(answers: true);
        var attempts = 0;
        (await calls.RunAsync(
            TenantId.Default, CallKind.Read, _ => ++attempts == 1 ? Task.FromException<string>(new TimeoutException()) : Task.FromResult("done"), default)).ShouldBe("done");
        redis.Begun.IsCancellationRequested.ShouldBeFalse();
    }

    [Fact]
    public async Task A_gateway_with_all_its_places_taken_says_busy_and_when_to_come_back()
    {
        var calls = Calls(new ClusterClientOptions { MaxCalls = 2 });
        var release = new TaskCompletionSource<string>();
        var running = Enumerable.Range(0, 2).Select(_ => calls.RunAsync(TenantId.Default, CallKind.Read, _ => release.Task, default)).ToList();
        var refused = await ClusterVaultTests.FailureAsync(calls.RunAsync(TenantId.Default, CallKind.Read, _ => release.Task, default));
        (refused.Failure, refused.RetryAfter > TimeSpan.Zero).ShouldBe((TenantFailure.Busy, true));
        release.SetResult("done");
        await Task.WhenAll(running);
        (await calls.RunAsync(TenantId.Default, CallKind.Read, _ => release.Task, default)).ShouldBe("done");
    }

    [Fact]
    public void Repeats_beyond_the_gateways_budget_wait_longer_and_longer_and_none_is_refused()
    {
        var budget = new RepeatBudget(new ClusterClientOptions { RepeatBurst = 3, RepeatsPerSecond = 0.001 }, TimeProvider.System);
        var waits = Enumerable.Range(0, 6).Select(_ => budget.Take()).ToList();
        waits.Take(3).ShouldAllBe(wait => wait == TimeSpan.Zero);
        waits.Skip(3).ShouldBeInOrder();
        waits[3].ShouldBeGreaterThan(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void Pauses_grow_to_a_bound_and_no_two_callers_have_the_same()
    {
        for (var repeat = 0; repeat < 40; repeat++)
            CallTime.Pause(repeat).ShouldBeInRange(TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(1));
        CallTime.Pause(8).ShouldBeGreaterThan(CallTime.Pause(0));
        Enumerable.Range(0, 50).Select(_ => CallTime.Pause(5)).Distinct().Count().ShouldBeGreaterThan(40);
    }

    private static ClusterCalls Calls(ClusterClientOptions? options = null, ClusterConnection? silos = null, RedisSilence? redis = null)
    {
        var how = options ?? new ClusterClientOptions();
        return new ClusterCalls(
            how, silos ?? new ClusterConnection(TimeProvider.System), redis ?? new RedisSilence(), new RepeatBudget(how, TimeProvider.System), new CallLoad(how), TimeProvider.System);
    }

    private static async Task<string> Never(CancellationToken end)
    {
        await Task.Delay(Timeout.Infinite, end);
        return "";
    }
}
