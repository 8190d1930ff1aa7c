using System.Net;
using Granary.Gateway.Access;
using Granary.Gateway.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Granary.Gateway.Tests.Access;

/// <summary>Guessing is slowed down for each address, and remembered within bounds.</summary>
[Trait("Kind", "Hostile")]
public sealed class GuessTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly CapturedLogs _logs = new();
    private readonly Guesses _guesses;

    public GuessTests()
    {
        using var factory = LoggerFactory.Create(logging => logging.AddProvider(_logs));
        _guesses = new Guesses(_time, factory.CreateLogger<Guesses>());
    }

    [Fact]
    public async Task The_thirty_third_within_a_minute_waits_and_is_logged_once()
    {
        for (var i = 0; i < 32; i++)
            (await _guesses.SlowAsync(From("192.0.2.1"), "acme")).ShouldBeTrue();
        var first = _guesses.SlowAsync(From("192.0.2.1"), "acme").AsTask();
        first.IsCompleted.ShouldBeFalse();
        _time.Advance(TimeSpan.FromMilliseconds(50));
        (await first).ShouldBeTrue();
        var second = _guesses.SlowAsync(From("192.0.2.1"), "acme").AsTask();
        _time.Advance(TimeSpan.FromMilliseconds(50));
        second.IsCompleted.ShouldBeFalse();
        _time.Advance(TimeSpan.FromMilliseconds(50));
        (await second).ShouldBeTrue();
        _logs.All.Count(line => line.Contains("192.0.2.1 tried 32 secrets")).ShouldBe(1);
        (await _guesses.SlowAsync(From("198.51.100.7"), "acme")).ShouldBeTrue();
        _time.Advance(TimeSpan.FromMinutes(2));
        (await _guesses.SlowAsync(From("192.0.2.1"), "acme")).ShouldBeTrue();
    }

    [Fact]
    public async Task After_eight_that_waited_the_rest_of_the_minute_is_answered_at_once_and_loses_its_connection()
    {
        for (var i = 0; i < 32; i++)
            await _guesses.SlowAsync(From("2001:db8::1"), "acme");
        // Another address of the same network of 64 bits.
        var waiting = Enumerable.Range(0, 8).Select(_ => _guesses.SlowAsync(From("2001:db8::2"), "acme").AsTask()).ToList();
        var context = From("2001:db8::3");
        (await _guesses.SlowAsync(context, "acme")).ShouldBeFalse();
        (context.Response.Headers.Connection.ToString(), context.Response.Headers.RetryAfter.ToString()).ShouldBe(("close", "60"));
        waiting.ShouldAllBe(slowed => !slowed.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(2));
        (await Task.WhenAll(waiting)).ShouldAllBe(slowed => slowed);
        (await _guesses.SlowAsync(From("2001:db8::4"), "acme")).ShouldBeFalse();
        _time.Advance(TimeSpan.FromMinutes(1));
        (await _guesses.SlowAsync(From("2001:db8::4"), "acme")).ShouldBeTrue();
    }

    [Fact]
    public async Task Another_key_is_counted_apart_until_the_address_has_tried_five_hundred()
    {
        for (var i = 0; i < 41; i++)
            _ = _guesses.SlowAsync(From("192.0.2.1"), "acme").AsTask();
        (await _guesses.SlowAsync(From("192.0.2.1"), "acme")).ShouldBeFalse();
        for (var i = 0; i < 480; i++)
            (await _guesses.SlowAsync(From("192.0.2.1"), $"key-{i}")).ShouldBeTrue();
        (await _guesses.SlowAsync(From("192.0.2.1"), "one-more")).ShouldBeFalse();
        (await _guesses.SlowAsync(From("198.51.100.7"), "one-more")).ShouldBeTrue();
        _time.Advance(TimeSpan.FromMinutes(2));
        (await _guesses.SlowAsync(From("192.0.2.1"), "one-more")).ShouldBeTrue();
    }

    private static DefaultHttpContext From(string address) => new() { Connection = { RemoteIpAddress = IPAddress.Parse(address) } };
}
