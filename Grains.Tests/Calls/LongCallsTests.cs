using Granary.Grains.Calls;
using Granary.Tenants;

namespace Granary.Grains.Tests.Calls;

public sealed class LongCallsTests
{
    private readonly SiloAdmission _admission = new(10, 10);
    private readonly LongCalls _calls;

    public LongCallsTests() => _calls = new LongCalls(TimeSpan.FromMilliseconds(1), _admission, TimeProvider.System);

    [Fact]
    public async Task An_outcome_can_be_asked_for_again_because_the_answer_that_told_it_may_be_lost()
    {
        var work = new TaskCompletionSource<string>();
        var ticket = (await _calls.StartAsync(TenantId.Default, (_, _) => work.Task)).Ticket!.Value;
        work.SetException(new TenantException(TenantFailure.Unavailable, "No."));
        // Its place is given back when the silo has seen it end, which takes as long as the thread pool does.
        await Client.ClusterVaultTests.WaitUntilAsync(() => _admission.Count == 0);
        for (var i = 0; i < 2; i++)
            (await Should.ThrowAsync<TenantException>(() => _calls.ContinueAsync<string>(ticket))).Message.ShouldBe("No.");
        _calls.Count.ShouldBe(0, "a silo that stops waits for no call that was fetched");
        _calls.Abandon(ticket);
        (await Should.ThrowAsync<TenantException>(() => _calls.ContinueAsync<string>(ticket))).Message.ShouldBe(LongCalls.Gone);
    }

    [Fact]
    public async Task A_place_is_held_until_the_work_is_done()
    {
        var work = new TaskCompletionSource<string>();
        await _calls.StartAsync(TenantId.Default, (_, _) => work.Task);
        _admission.Count.ShouldBe(1);
        work.SetResult("done");
        await Client.ClusterVaultTests.WaitUntilAsync(() => _admission.Count == 0);
    }

    [Fact]
    public async Task Work_ends_when_its_callers_time_is_over()
    {
        CallContext.Set(TenantId.Default, TimeSpan.FromMilliseconds(50));
        var ended = new TaskCompletionSource();
        var call = _calls.StartAsync(TenantId.Default, async (_, end) =>
        {
            end.Register(ended.SetResult);
            await Task.Delay(Timeout.Infinite, end);
            return "never";
        });
        await ended.Task.WaitAsync(TimeSpan.FromMinutes(5));
        // On a slow machine its time is over before its first turn is.
        await Task.WhenAny(call);
    }
}
