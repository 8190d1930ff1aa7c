using Granary.Gateway.Tests.EndToEnd;
using Granary.Instana.Connections;
using Granary.Simulator.Faults;

namespace Granary.Gateway.Tests.Tools.Instana;

/// <summary>What a caller is told when the backend, or the way to it, fails; and that a caller who leaves is not worked for.</summary>
[Trait("Kind", "Hostile")]
public sealed class FaultTests
{
    private const string Days = """{"time_range":"last 3 days"}""";

    [Fact]
    public async Task Wrong_and_powerless_tokens_are_401_and_403()
    {
        await using var backend = await Backend.StartAsync();
        Failed(await backend.CallAsync("get_events", Days, backend.Headers("wrong")), 401);
        Failed(await backend.CallAsync("get_events", Days, backend.Headers("no-permissions")), 403).ShouldContain("permission");
    }

    [Theory]
    [InlineData(400, """{"errors":["a parameter is wrong"]}""")]
    [InlineData(404, """{"errors":["no such thing"]}""")]
    [InlineData(500, """{"message":"it broke"}""")]
    [InlineData(503, "")]
    public async Task Any_status_is_an_error_with_its_number_and_reason(int status, string body)
    {
        await using var backend = await Backend.StartAsync();
        backend.Simulator.Faults.Add(new Fault(FaultKind.Status) { StatusCode = status, Body = body });
        Failed(await backend.CallAsync("get_event", """{"event_id":"x"}"""), status);
    }

    [Fact]
    public async Task Too_many_requests_say_when_to_come_back()
    {
        await using var backend = await Backend.StartAsync();
        backend.Simulator.Faults.Add(new Fault(FaultKind.TooManyRequests) { ResetIn = TimeSpan.FromMinutes(20) });
        var reply = await backend.CallAsync("get_events", Days);
        Failed(reply, 429);
        var failure = reply.FailureObject();
        (failure.GetProperty("code").GetString(), failure.GetProperty("retryable").GetBoolean()).ShouldBe(("rate_limited", true));
        DateTimeOffset.Parse(failure.GetProperty("reset_at").GetString()!).ShouldBeGreaterThan(DateTimeOffset.UtcNow);
    }

    [Fact]
    public async Task A_read_is_tried_again_after_a_short_429_or_503()
    {
        await using var backend = await Backend.StartAsync(o => o with { Retry = new RetryOptions { BaseDelay = TimeSpan.FromMilliseconds(1) } });
        backend.Simulator.Faults.Add(new Fault(FaultKind.TooManyRequests) { RetryAfter = 0 });
        backend.Simulator.Faults.Add(new Fault(FaultKind.Unavailable));
        (await backend.CallAsync("get_events", Days)).Success();
        backend.Simulator.Requests.Total.ShouldBe(3);
    }

    [Fact]
    public async Task An_error_page_is_not_repeated_in_html()
    {
        await using var backend = await Backend.StartAsync();
        backend.Simulator.Faults.Add(new Fault(FaultKind.ErrorPage));
        Failed(await backend.CallAsync("get_events", Days), 500).ShouldNotContain("<h1>");
        backend.Simulator.Faults.Add(new Fault(FaultKind.LoginPage));
        (await backend.CallAsync("get_events", Days)).FailureObject().GetProperty("code").GetString().ShouldBe("not_json");
    }

    [Theory]
    [InlineData(FaultKind.Drop, "connection_failed")]
    [InlineData(FaultKind.HalfBody, "connection_failed")]
    [InlineData(FaultKind.Redirect, "redirect")]
    [InlineData(FaultKind.Oversize, "answer_too_large")]
    [InlineData(FaultKind.Slow, "timeout")]
    public async Task Every_other_fault_has_a_code_and_a_sentence(FaultKind kind, string code)
    {
        await using var backend = await Backend.StartAsync(o => kind == FaultKind.Slow
            ? o with { Timeout = TimeSpan.FromMilliseconds(200) }
            : o with { MaxResponseBytes = 256 * 1024 });
        backend.Simulator.Faults.Add(new Fault(kind) { Delay = TimeSpan.FromMinutes(5), Bytes = 4 * 1024 * 1024 });
        var reply = await backend.CallAsync("get_event", """{"event_id":"x"}""");
        var failure = reply.FailureObject();
        failure.GetProperty("code").GetString().ShouldBe(code);
        failure.GetProperty("error").GetString()!.ShouldStartWith("Failed to get_event");
        failure.GetProperty("details").GetString().ShouldNotBeNullOrWhiteSpace();
        reply.Message.ToString().ShouldNotContain("token=abc");
        // The fault is over, and so is its effect.
        (await backend.CallAsync("get_events_by_ids", """{"event_ids":["x"]}""")).ShouldNotBeNull();
    }

    [Fact]
    public async Task No_backend_at_all_is_an_error_in_words()
    {
        await using var backend = await Backend.StartAsync();
        var url = backend.Url;
        await backend.Simulator.DisposeAsync();
        (await backend.CallAsync("get_events", Days, backend.Headers(url: url))).FailureObject().GetProperty("code").GetString().ShouldBe("connection_failed");
    }

    [Fact]
    public async Task A_client_that_leaves_cancels_the_request_to_the_backend()
    {
        await using var backend = await Backend.StartAsync();
        backend.Simulator.Faults.Add(new Fault(FaultKind.Slow) { Delay = TimeSpan.FromMinutes(5) });
        using var leave = new CancellationTokenSource();
        var call = backend.Gateway.Client.SendAsync(
            backend.Gateway.Client.CreateCall("manage_events", $$"""{"operation":"get_events","params":{{Days}} }""", backend.Headers()), leave.Token);
        await UntilAsync(() => backend.Simulator.Requests.InFlight == 1);
        await leave.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => call);
        await UntilAsync(() => backend.Simulator.Requests is { InFlight: 0, Aborted: 1 });
        (await backend.CallAsync("get_events", Days)).Success();
    }

    private static string Failed(ToolReply reply, int status)
    {
        var failure = reply.FailureObject();
        failure.GetProperty("status_code").GetInt32().ShouldBe(status);
        failure.GetProperty("error").GetString()!.ShouldContain($"HTTP {status}");
        return failure.GetProperty("details").GetString()!;
    }

    /// <summary>Waits for what must come; how long it takes is not the subject.</summary>
    private static async Task UntilAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (!condition())
            await Task.Delay(5, patience.Token);
    }
}
