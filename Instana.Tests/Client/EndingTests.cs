using System.Text;
using Granary.Instana.Connections;
using Granary.Instana.Operations;
using Granary.Instana.Tests.Support;
using Granary.Simulator.Faults;

namespace Granary.Instana.Tests.Client;

public class EndingTests
{
    private const string LastDay = """{"time_range":"24h"}""";

    private static readonly Fault Endless = new(FaultKind.Slow) { Delay = TimeSpan.FromMinutes(10) };

    [Fact]
    public async Task Cancelling_stops_the_request_at_the_backend()
    {
        await using var backend = await Backend.StartAsync();
        backend.Host.Faults.Add(Endless);
        using var cancel = new CancellationTokenSource();
        var call = backend.AskAsync("get_events", LastDay, cancel.Token);
        await Eventually.IsAsync(() => backend.Host.Requests.InFlight == 1);
        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(call);
        await Eventually.IsAsync(() => backend.Host.Requests.Aborted == 1);
    }

    [Fact]
    public async Task The_configured_time_ends_a_call_and_its_request()
    {
        await using var backend = await Backend.StartAsync();
        backend.Host.Faults.Add(Endless);
        var call = backend.AskAsync("get_events", LastDay);
        await Eventually.IsAsync(() => backend.Host.Requests.InFlight == 1);
        backend.Time.Advance(TimeSpan.FromSeconds(180));
        var answer = await call;
        answer.IsError.ShouldBeTrue();
        answer["error"].GetString().ShouldBe("Failed to get_events: timeout");
        answer["details"].GetString()!.ShouldContain("180 s");
        answer["retryable"].GetBoolean().ShouldBeTrue();
        await Eventually.IsAsync(() => backend.Host.Requests.Aborted == 1);
    }

    [Fact]
    public async Task A_callers_earlier_deadline_comes_first_and_does_not_speak_against_the_backend()
    {
        await using var backend = await Backend.StartAsync(new InstanaOptions
        {
            Retry = new RetryOptions { MaxRetries = 0 },
            Breaker = new BreakerOptions { MinimumAttempts = 2 },
        });
        for (var i = 0; i < 3; i++)
        {
            backend.Host.Faults.Add(Endless);
            var seen = backend.Host.Requests.Total;
            var call = Backend.AskAsync(
                backend.Client,
                new InstanaCall("manage_events", null, "get_events", Encoding.UTF8.GetBytes(LastDay)) { Deadline = backend.Time.GetUtcNow().AddSeconds(2) });
            await Eventually.IsAsync(() => backend.Host.Requests.Total == seen + 1);
            backend.Time.Advance(TimeSpan.FromSeconds(2));
            (await call)["details"].GetString()!.ShouldContain("caller's deadline");
        }
        (await backend.AskAsync("get_events", LastDay)).IsError.ShouldBeFalse();
    }

    [Fact]
    public async Task A_deadline_that_has_passed_makes_no_request()
    {
        await using var backend = await Backend.StartAsync();
        var call = new InstanaCall("manage_events", null, "get_events", Encoding.UTF8.GetBytes(LastDay)) { Deadline = Backend.Noon };
        (await Backend.AskAsync(backend.Client, call))["code"].GetString().ShouldBe("timeout");
        backend.Host.Requests.Total.ShouldBe(0);
    }

    [Fact]
    public async Task The_breaker_opens_tells_when_and_recovers()
    {
        await using var backend = await Backend.StartAsync(new InstanaOptions
        {
            Retry = new RetryOptions { MaxRetries = 0 },
            Breaker = new BreakerOptions { MinimumAttempts = 3, Break = TimeSpan.FromSeconds(15) },
        });
        backend.Fault(FaultKind.Unavailable, count: 3);
        for (var i = 0; i < 3; i++)
            (await backend.AskAsync("get_events", LastDay))["status_code"].GetInt32().ShouldBe(503);

        var open = await backend.AskAsync("get_events", LastDay);
        open["error"].GetString().ShouldBe("Failed to get_events: circuit open");
        open["reset_at"].GetString().ShouldBe("2026-03-10T12:00:15Z");
        open["retryable"].GetBoolean().ShouldBeTrue();
        backend.Host.Requests.Total.ShouldBe(3);
        (await Backend.AskAsync(backend.For(new ApiTokenCredential("tok-2")), "get_events", LastDay)).IsError.ShouldBeFalse();

        backend.Time.Advance(TimeSpan.FromSeconds(16));
        (await backend.AskAsync("get_events", LastDay)).IsError.ShouldBeFalse();
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    public async Task Refusals_never_trip_the_breaker(int status)
    {
        await using var backend = await Backend.StartAsync(new InstanaOptions { Breaker = new BreakerOptions { MinimumAttempts = 2 } });
        backend.Host.Faults.Add(new Fault(FaultKind.Status) { StatusCode = status, Count = 5 });
        for (var i = 0; i < 5; i++)
            (await backend.AskAsync("get_event", """{"event_id":"x"}"""))["status_code"].GetInt32().ShouldBe(status);
        backend.Host.Requests.Total.ShouldBe(5);
        (await backend.AskAsync("get_events", LastDay)).IsError.ShouldBeFalse();
    }
}
