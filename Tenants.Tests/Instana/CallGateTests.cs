using Granary.Tenants.Instana;
using Granary.Testing;

namespace Granary.Tenants.Tests.Instana;

public class CallGateTests
{
    private readonly CountedTimers _time = new();

    [Fact]
    public async Task Places_are_given_in_order_of_arrival_and_not_to_calls_that_gave_up()
    {
        var gate = new CallGate(places: 1, waiting: 3, _time);
        await gate.EnterAsync(null, default);
        using var cancel = new CancellationTokenSource();
        var first = gate.EnterAsync(null, cancel.Token);
        var second = gate.EnterAsync(null, default);
        var third = gate.EnterAsync(null, default);
        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(first);
        gate.Leave();
        await second;
        third.IsCompleted.ShouldBeFalse();
        gate.Leave();
        await third;
    }

    [Fact]
    public async Task A_call_that_gives_up_makes_room_for_another_one()
    {
        var gate = new CallGate(places: 1, waiting: 1, _time);
        await gate.EnterAsync(null, default);
        for (var i = 0; i < 3; i++)
        {
            var late = gate.EnterAsync(_time.GetUtcNow().AddSeconds(2), default);
            (await Should.ThrowAsync<TenantException>(() => gate.EnterAsync(null, default))).Message.ShouldStartWith("Too many calls");
            _time.Advance(TimeSpan.FromSeconds(2));
            (await Should.ThrowAsync<TenantException>(late)).Message.ShouldStartWith("No call to this Instana connection ended before the deadline");
        }
        gate.Leave();
        await gate.EnterAsync(null, default);
    }

    [Fact]
    public async Task A_deadline_that_has_passed_is_for_a_free_place_only()
    {
        var gate = new CallGate(places: 1, waiting: 1, _time);
        await gate.EnterAsync(_time.GetUtcNow().AddSeconds(-1), default);
        (await Should.ThrowAsync<TenantException>(() => gate.EnterAsync(_time.GetUtcNow().AddSeconds(-1), default))).Failure.ShouldBe(TenantFailure.Busy);
    }

    [Fact]
    public async Task One_timer_watches_over_all_deadlines_in_whatever_order_they_come()
    {
        var gate = new CallGate(places: 1, waiting: 4, _time);
        await gate.EnterAsync(_time.GetUtcNow().AddMinutes(1), default);
        _time.Timers.ShouldBe(0);
        Task[] waiting = [.. new[] { 3, 1, 2 }.Select(minutes => gate.EnterAsync(_time.GetUtcNow().AddMinutes(minutes), default)), gate.EnterAsync(null, default)];
        _time.Timers.ShouldBe(1);
        foreach (var last in new[] { 1, 2, 0 })
        {
            waiting[last].IsCompleted.ShouldBeFalse();
            _time.Advance(TimeSpan.FromMinutes(1));
            (await Should.ThrowAsync<TenantException>(waiting[last])).Failure.ShouldBe(TenantFailure.Busy);
        }
        _time.Advance(TimeSpan.FromDays(3));
        waiting[3].IsCompleted.ShouldBeFalse();
        gate.Leave();
        await waiting[3];
        _time.Timers.ShouldBe(1);
    }

    [Fact]
    public async Task A_deadline_at_the_end_of_time_is_one_that_never_comes()
    {
        var gate = new CallGate(places: 1, waiting: 1, _time);
        await gate.EnterAsync(DateTimeOffset.MaxValue, default);
        var waiting = gate.EnterAsync(DateTimeOffset.MaxValue.AddTicks(-1), default);
        _time.Advance(TimeSpan.FromDays(2));
        waiting.IsCompleted.ShouldBeFalse();
        gate.Leave();
        await waiting;
    }

    [Fact]
    public async Task Calls_that_give_up_while_places_become_free_lose_none()
    {
        const int Calls = 2000;
        var gate = new CallGate(places: 2, waiting: Calls, TimeProvider.System);
        await Parallel.ForAsync(0, Calls, async (i, _) =>
        {
            using var cancel = new CancellationTokenSource();
            var entered = gate.EnterAsync(null, cancel.Token);
            if (i % 2 == 0)
                await cancel.CancelAsync();
            await entered.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (entered.IsCompletedSuccessfully)
                gate.Leave();
        });
        Task[] both = [gate.EnterAsync(null, default), gate.EnterAsync(null, default)];
        both.ShouldAllBe(entered => entered.IsCompletedSuccessfully);
        gate.EnterAsync(null, default).IsCompleted.ShouldBeFalse();
    }
}
