using System.Text;
using System.Text.Json;
using Granary.Instana.Connections;
using Granary.Instana.Operations;
using Granary.Simulator;
using Granary.Simulator.Faults;
using Granary.Simulator.Setup;
using Granary.Tenants.Instana;
using Granary.Tenants.Tests.Support;
using Microsoft.Extensions.Logging;

namespace Granary.Tenants.Tests.Instana;

public class InstanaActivationTests : IAsyncLifetime
{
    private static int _asked;

    private static readonly Fault Endless = new(FaultKind.Slow) { Delay = TimeSpan.FromMinutes(10) };

    private SimulatorHost _simulator = null!;
    private InstanaActivationFactory _factory = null!;

    public async Task InitializeAsync()
    {
        _simulator = await SimulatorHost.StartAsync(new SimulatorOptions { Port = 0 });
        _factory = Factory(new InstanaOptions());
    }

    public async Task DisposeAsync()
    {
        _factory.Dispose();
        await _simulator.DisposeAsync();
    }

    [Fact]
    public async Task A_call_reaches_the_backend_and_its_answer_comes_back()
    {
        var result = await Open("t").CallAsync(Events(), default);
        result.IsError.ShouldBeFalse();
        using var json = JsonDocument.Parse(result.Json);
        json.RootElement.GetProperty("results").GetProperty("events_returned").GetInt32().ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task A_refusal_is_a_result_and_an_unknown_tool_a_failure()
    {
        (await Open("no-permissions").CallAsync(Events(), default)).IsError.ShouldBeTrue();
        var failure = await Should.ThrowAsync<TenantException>(() => Open("t").CallAsync(new InstanaCall("manage_nothing", null, "x", default), default));
        failure.Failure.ShouldBe(TenantFailure.InvalidInput);
    }

    [Fact]
    public async Task One_slow_call_holds_up_no_other()
    {
        var instana = Open("t");
        _simulator.Faults.Add(Endless);
        using var cancel = new CancellationTokenSource();
        var slow = instana.CallAsync(Events(), cancel.Token);
        await EventuallyAsync(() => _simulator.Requests.InFlight == 1);
        (await instana.CallAsync(Events(), default)).IsError.ShouldBeFalse();
        slow.IsCompleted.ShouldBeFalse();
        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(slow);
    }

    [Fact]
    public async Task Calls_beyond_the_places_wait_and_beyond_that_are_refused_as_busy()
    {
        using var small = Factory(new InstanaOptions { MaxInFlight = 2, MaxWaiting = 1 });
        var instana = small.Create(TenantId.Default, Connection("t"));
        _simulator.Faults.Add(Endless with { Count = 2 });
        using var cancel = new CancellationTokenSource();
        Task[] slow = [instana.CallAsync(Events(), cancel.Token), instana.CallAsync(Events(), cancel.Token)];
        await EventuallyAsync(() => _simulator.Requests.InFlight == 2);
        var waiting = instana.CallAsync(Events() with { Deadline = DateTimeOffset.MaxValue }, default);

        var busy = await Should.ThrowAsync<TenantException>(() => instana.CallAsync(Events(), default));
        busy.Failure.ShouldBe(TenantFailure.Busy);
        busy.RetryAfter.ShouldBe(TimeSpan.FromSeconds(1));
        (await small.Create(TenantId.Default, Connection("other")).CallAsync(Events(), default)).IsError.ShouldBeFalse();

        await cancel.CancelAsync();
        foreach (var call in slow)
            await Should.ThrowAsync<OperationCanceledException>(call);
        (await waiting).IsError.ShouldBeFalse();
        (await instana.CallAsync(Events(), default)).IsError.ShouldBeFalse();
    }

    [Fact]
    public async Task Who_waits_for_a_place_waits_no_longer_than_the_deadline_and_leaves_none_behind()
    {
        using var small = Factory(new InstanaOptions { MaxInFlight = 1, MaxWaiting = 1 });
        var instana = small.Create(TenantId.Default, Connection("t"));
        _simulator.Faults.Add(Endless);
        using var cancel = new CancellationTokenSource();
        var slow = instana.CallAsync(Events(), cancel.Token);
        await EventuallyAsync(() => _simulator.Requests.InFlight == 1);
        for (var i = 0; i < 3; i++)
        {
            var late = Events() with { Deadline = TimeProvider.System.GetUtcNow().AddMilliseconds(20) };
            (await Should.ThrowAsync<TenantException>(() => instana.CallAsync(late, default))).Failure.ShouldBe(TenantFailure.Busy);
            using var impatient = new CancellationTokenSource(20);
            await Should.ThrowAsync<OperationCanceledException>(() => instana.CallAsync(Events(), impatient.Token));
        }
        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(slow);
        (await instana.CallAsync(Events(), default)).IsError.ShouldBeFalse();
    }

    [Fact]
    public async Task Two_credentials_share_no_state()
    {
        using var fragile = Factory(new InstanaOptions { Retry = new RetryOptions { MaxRetries = 0 }, Breaker = new BreakerOptions { MinimumAttempts = 2 } });
        var one = fragile.Create(TenantId.Parse("one"), Connection("a"));
        var two = fragile.Create(TenantId.Parse("two"), Connection("b"));
        _simulator.Faults.Add(new Fault(FaultKind.Unavailable) { Count = 2 });
        for (var i = 0; i < 3; i++)
            (await one.CallAsync(Events(), default)).IsError.ShouldBeTrue();
        _simulator.Requests.Total.ShouldBe(2);
        (await two.CallAsync(Events(), default)).IsError.ShouldBeFalse();
        _simulator.Requests.Seen[^1].Headers["Authorization"].ShouldBe("apiToken b");
    }

    [Fact]
    public async Task A_thousand_calls_at_once_use_a_bounded_number_of_sockets()
    {
        using var bounded = Factory(new InstanaOptions { MaxInFlight = 8, MaxWaiting = 1000 });
        var instana = bounded.Create(TenantId.Default, Connection("t"));
        var results = await Task.WhenAll(Enumerable.Range(0, 1000).Select(i => instana.CallAsync(
            new InstanaCall("manage_events", null, "get_events_by_ids", Encoding.UTF8.GetBytes($$"""{"event_ids":["x{{i}}"]}""")), default)));
        results.ShouldAllBe(result => !result.IsError);
        _simulator.Requests.Total.ShouldBe(1000);
        _simulator.Requests.MostInFlight.ShouldBeLessThanOrEqualTo(8);
    }

    [Theory]
    [InlineData("https://evil.example", "t")]
    [InlineData("http://169.254.169.254", "t")]
    [InlineData(null, "a b")]
    [InlineData(null, "")]
    public void A_connection_is_checked_again_where_it_is_used(string? url, string token)
    {
        var connection = new InstanaConnection(url is null ? _simulator.Url : new Uri(url), new ApiTokenCredential(token));
        var failure = Should.Throw<TenantException>(() => _factory.Create(TenantId.Default, connection));
        failure.Failure.ShouldBe(TenantFailure.InvalidInput);
        if (token.Length > 1)
            failure.ToString().ShouldNotContain(token);
    }

    [Fact]
    public async Task What_nobody_foresaw_is_logged_without_the_secret_and_told_without_its_text()
    {
        var log = new CapturedLog();
        using var loggers = LoggerFactory.Create(builder => builder.AddProvider(log).SetMinimumLevel(LogLevel.Trace));
        var factory = Factory(new InstanaOptions(), loggers);
        var instana = factory.Create(TenantId.Parse("acme"), Connection("s3cret-token"));
        (await instana.CallAsync(Events(), default)).IsError.ShouldBeFalse();
        factory.Dispose();
        var failure = await Should.ThrowAsync<TenantException>(() => instana.CallAsync(Events(), default));
        failure.Failure.ShouldBe(TenantFailure.Unavailable);
        failure.ToString().ShouldNotContain("s3cret-token");
        log.Lines.ShouldContain(line => line.Contains("acme") && line.Contains("ObjectDisposedException"));
        log.Lines.ShouldAllBe(line => !line.Contains("s3cret-token"));
    }

    [Fact]
    public void A_bundle_without_a_certificate_is_said_at_the_start()
    {
        var options = new InstanaOptions { CaBundle = "no certificate" };
        using var backends = new TenantBackends(options, null, TimeProvider.System);
        Should.Throw<ArgumentException>(() => new InstanaActivationFactory(options, backends, TimeProvider.System)).Message.ShouldContain("INSTANA_CA_BUNDLE");
    }

    // Each asks for another period: equal reads under way at once would be one request.
    private static InstanaCall Events() => new(
        "manage_events", null, "get_events", Encoding.UTF8.GetBytes($$"""{"time_range":"{{24 + Interlocked.Increment(ref _asked) % 100}}h"}"""));

    private InstanaActivationFactory Factory(InstanaOptions options, ILoggerFactory? loggers = null)
    {
        options = options with { AllowedHosts = HostAllowList.Parse([_simulator.Url.GetLeftPart(UriPartial.Authority)]) };
        return new InstanaActivationFactory(options, new TenantBackends(options, null, TimeProvider.System), TimeProvider.System, loggers);
    }

    private IInstana Open(string token) => _factory.Create(TenantId.Default, Connection(token));

    private InstanaConnection Connection(string token) => new(_simulator.Url, new ApiTokenCredential(token));

    private static async Task EventuallyAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (!condition())
            await Task.Delay(5, limit.Token);
    }
}
