using Granary.Instana.Connections;
using Granary.Instana.Tests.Support;
using Granary.Simulator.Faults;

namespace Granary.Instana.Tests.Client;

public class FaultTests
{
    private const string LastDay = """{"time_range":"24h"}""";

    private static readonly InstanaOptions Retrying = new()
    {
        Retry = new RetryOptions { MaxRetries = 3, BaseDelay = TimeSpan.FromMilliseconds(1) },
        Breaker = new BreakerOptions { MinimumAttempts = 100 },
    };

    [Theory]
    [InlineData(FaultKind.Unavailable)]
    [InlineData(FaultKind.TooManyRequests)]
    [InlineData(FaultKind.Drop)]
    [InlineData(FaultKind.HalfBody)]
    public async Task What_passes_is_tried_again_until_it_succeeds(FaultKind kind)
    {
        await using var backend = await Backend.StartAsync(Retrying);
        backend.Fault(kind, count: 3);
        var answer = await Backend.AskAsync(backend.For(new ApiTokenCredential("t"), TimeProvider.System), "get_events_by_ids", """{"event_ids":["x"]}""");
        answer.IsError.ShouldBeFalse(answer.Text);
        backend.Host.Requests.Total.ShouldBe(4);
    }

    [Fact]
    public async Task Four_failures_are_one_too_many()
    {
        await using var backend = await Backend.StartAsync(Retrying);
        backend.Fault(FaultKind.Unavailable, count: 4);
        var answer = await Backend.AskAsync(backend.For(new ApiTokenCredential("t"), TimeProvider.System), "get_event", """{"event_id":"x"}""");
        answer.IsError.ShouldBeTrue();
        answer["error"].GetString().ShouldBe("Failed to get_event: HTTP 503");
        answer["status_code"].GetInt32().ShouldBe(503);
        answer["details"].GetString().ShouldBe("Service Unavailable");
        answer["retryable"].GetBoolean().ShouldBeTrue();
        backend.Host.Requests.Total.ShouldBe(4);
    }

    [Theory]
    [InlineData(FaultKind.LoginPage)]
    [InlineData(FaultKind.Redirect)]
    public async Task What_does_not_pass_is_asked_once(FaultKind kind)
    {
        await using var backend = await Backend.StartAsync(Retrying);
        backend.Fault(kind);
        (await Backend.AskAsync(backend.For(new ApiTokenCredential("t"), TimeProvider.System), "get_event", """{"event_id":"x"}""")).IsError.ShouldBeTrue();
        backend.Host.Requests.Total.ShouldBe(1);
    }

    [Fact]
    public async Task An_error_page_is_told_without_its_markup()
    {
        await using var backend = await Backend.StartAsync();
        backend.Fault(FaultKind.ErrorPage);
        var answer = await backend.AskAsync("get_events", LastDay);
        answer["error"].GetString().ShouldBe("Failed to get_events: HTTP 500");
        answer["details"].GetString().ShouldBe("Internal error Please retry later .");
        answer["retryable"].GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task A_rate_limit_beyond_the_cap_names_its_reset_and_spares_the_backend()
    {
        await using var backend = await Backend.StartAsync(Retrying);
        backend.Host.Faults.Add(new Fault(FaultKind.TooManyRequests) { ResetIn = TimeSpan.FromMinutes(10) });
        var refused = await backend.AskAsync("get_events", LastDay);
        refused.IsError.ShouldBeTrue();
        refused["status_code"].GetInt32().ShouldBe(429);
        refused["reset_at"].GetString().ShouldBe("2026-03-10T12:10:00Z");
        refused["retryable"].GetBoolean().ShouldBeTrue();
        refused["details"].GetString()!.ShouldContain("2026-03-10T12:10:00Z");

        var spared = await backend.AskAsync("get_events", LastDay);
        spared["error"].GetString().ShouldBe("Failed to get_events: rate limited");
        spared["reset_at"].GetString().ShouldBe("2026-03-10T12:10:00Z");
        backend.Host.Requests.Total.ShouldBe(1);

        backend.Time.Advance(TimeSpan.FromMinutes(10));
        (await backend.AskAsync("get_events", LastDay)).IsError.ShouldBeFalse();
    }

    [Fact]
    public async Task A_short_wait_that_the_backend_asks_for_is_waited()
    {
        await using var backend = await Backend.StartAsync(Retrying);
        backend.Host.Faults.Add(new Fault(FaultKind.TooManyRequests) { ResetIn = TimeSpan.FromMinutes(10), RetryAfter = 20 });
        var call = backend.AskAsync("get_events", LastDay);
        await Eventually.IsAsync(() => backend.Host.Requests is { Total: 1, InFlight: 0 });
        await AdvanceUntilAsync(backend, call);
        (await call).IsError.ShouldBeFalse();
        (backend.Time.GetUtcNow() - Backend.Noon).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(20));
        backend.Host.Requests.Total.ShouldBe(2);
    }

    [Fact]
    public async Task A_used_up_budget_of_one_credential_is_not_anothers()
    {
        await using var backend = await Backend.StartAsync();
        backend.Host.Faults.Add(new Fault(FaultKind.TooManyRequests) { ResetIn = TimeSpan.FromMinutes(10) });
        (await backend.AskAsync("get_events", LastDay)).IsError.ShouldBeTrue();
        (await Backend.AskAsync(backend.For(new ApiTokenCredential("tok-2")), "get_events", LastDay)).IsError.ShouldBeFalse();
        (await backend.AskAsync("get_events", LastDay)).IsError.ShouldBeTrue();
    }

    [Fact]
    public async Task A_redirect_to_another_host_is_refused_and_shows_no_more_than_its_name()
    {
        await using var backend = await Backend.StartAsync();
        backend.Fault(FaultKind.Redirect);
        var answer = await backend.AskAsync("get_events", LastDay);
        answer["code"].GetString().ShouldBe("redirect");
        answer["details"].GetString()!.ShouldContain("'login.example.com'");
        answer.Text.ShouldNotContain("token=abc");
    }

    [Fact]
    public async Task A_redirect_within_the_origin_is_followed_three_times_and_no_more()
    {
        await using var backend = await Backend.StartAsync();
        var home = new Fault(FaultKind.Redirect) { Location = "/api/events?windowSize=1000" };
        backend.Host.Faults.Add(home with { Count = 3 });
        (await backend.AskAsync("get_events", LastDay)).IsError.ShouldBeFalse();
        backend.Host.Requests.Total.ShouldBe(4);
        backend.Host.Faults.Add(home with { Count = 4 });
        (await backend.AskAsync("get_events", LastDay))["details"].GetString()!.ShouldContain("more than 3 times");
        backend.Host.Faults.Clear();
        backend.Host.Faults.Add(home);
        (await backend.AskAsync("get_events_by_ids", """{"event_ids":["x"]}"""))["details"].GetString()!.ShouldContain("not a plain read");
    }

    [Theory]
    [InlineData("http://127.0.0.1:1/api/events")]
    [InlineData("https://127.0.0.1/api/events")]
    [InlineData("//evil.example/api/events")]
    public async Task Another_port_or_scheme_is_another_origin(string location)
    {
        await using var backend = await Backend.StartAsync();
        backend.Host.Faults.Add(new Fault(FaultKind.Redirect) { Location = location });
        (await backend.AskAsync("get_events", LastDay))["code"].GetString().ShouldBe("redirect");
        backend.Host.Requests.Total.ShouldBe(1);
    }

    [Fact]
    public async Task An_answer_that_is_too_long_is_not_read_to_its_end()
    {
        await using var backend = await Backend.StartAsync(new InstanaOptions { MaxResponseBytes = 256 * 1024 });
        backend.Host.Faults.Add(new Fault(FaultKind.Oversize) { Bytes = 1L << 40 });
        var answer = await backend.AskAsync("get_events", LastDay);
        answer["code"].GetString().ShouldBe("answer_too_large");
        answer["details"].GetString()!.ShouldContain("256 KiB");
        await Eventually.IsAsync(() => backend.Host.Requests.InFlight == 0);
    }

    [Fact]
    public async Task A_login_page_is_not_taken_for_an_empty_list()
    {
        await using var backend = await Backend.StartAsync();
        backend.Fault(FaultKind.LoginPage);
        var answer = await backend.AskAsync("get_events", LastDay);
        answer.IsError.ShouldBeTrue();
        answer["code"].GetString().ShouldBe("not_json");
    }

    [Fact]
    public async Task Nobody_listening_is_a_sentence_not_an_exception()
    {
        var backend = await Backend.StartAsync();
        var client = backend.Client;
        await backend.Host.DisposeAsync();
        var answer = await Backend.AskAsync(client, "get_events", LastDay);
        answer["error"].GetString().ShouldBe("Failed to get_events: connection failed");
        answer["retryable"].GetBoolean().ShouldBeTrue();
        answer.Has("status_code").ShouldBeFalse();
    }

    private static async Task AdvanceUntilAsync(Backend backend, Task call)
    {
        while (!call.IsCompleted)
        {
            backend.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(call, Task.Delay(20));
        }
    }
}
