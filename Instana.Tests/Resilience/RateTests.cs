using System.Globalization;
using Granary.Instana.Resilience;
using Microsoft.Extensions.Time.Testing;

namespace Granary.Instana.Tests.Resilience;

public class RateTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 10, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_reset_is_in_seconds_since_1970()
    {
        var headers = Read(("X-RateLimit-Remaining", "3"), ("X-RateLimit-Reset", $"{Now.ToUnixTimeSeconds() + 60}"), ("X-RateLimit-Zone", "search"));
        headers.ShouldBe(new RateHeaders("search", 3, Now.AddSeconds(60), null));
    }

    [Theory]
    [InlineData("soon")]
    [InlineData("-1")]
    [InlineData("0")]
    [InlineData("1773144000000")]
    [InlineData("99999999999999999999")]
    public void A_reset_that_makes_no_sense_counts_as_none(string reset) => Read(("X-RateLimit-Reset", reset)).Reset.ShouldBeNull();

    [Theory]
    [InlineData("7", 7)]
    [InlineData("0", 0)]
    [InlineData("Tue, 10 Mar 2026 12:00:09 GMT", 9)]
    [InlineData("Tue, 10 Mar 2026 11:00:00 GMT", 0)]
    [InlineData("-3", null)]
    [InlineData("999999999", null)]
    [InlineData("later", null)]
    public void Retry_after_is_seconds_or_a_date(string value, int? seconds) =>
        Read(("Retry-After", value)).RetryAfter.ShouldBe(seconds is { } s ? TimeSpan.FromSeconds(s) : null);

    [Fact]
    public void Each_zone_has_its_own_budget_and_a_family_learns_its_zone()
    {
        var time = new FakeTimeProvider(Now);
        var budget = new RateBudget(time);
        budget.UsedUpUntil("events").ShouldBeNull();
        budget.Observe("infra", new RateHeaders("search", 0, Now.AddSeconds(60), null), refused: false);
        budget.Observe("events", new RateHeaders("default", 5, Now.AddSeconds(60), null), refused: false);
        budget.UsedUpUntil("infra").ShouldBe(Now.AddSeconds(60));
        budget.UsedUpUntil("events").ShouldBeNull();
        time.Advance(TimeSpan.FromSeconds(60));
        budget.UsedUpUntil("infra").ShouldBeNull();
    }

    [Fact]
    public void A_refusal_with_calls_left_locks_nothing()
    {
        var budget = new RateBudget(new FakeTimeProvider(Now));
        budget.Observe("events", new RateHeaders(null, 9800, Now.AddMinutes(38), null), refused: true);
        budget.UsedUpUntil("events").ShouldBeNull();
    }

    [Fact]
    public void A_refusal_without_a_remainder_locks_until_the_reset()
    {
        var budget = new RateBudget(new FakeTimeProvider(Now));
        budget.Observe("events", new RateHeaders(null, null, Now.AddMinutes(38), null), refused: true);
        budget.UsedUpUntil("events").ShouldBe(Now.AddMinutes(38));
    }

    [Fact]
    public void A_locked_zone_is_tried_once_in_30_seconds()
    {
        var time = new FakeTimeProvider(Now);
        var budget = new RateBudget(time);
        budget.Observe("events", new RateHeaders("z", 0, Now.AddMinutes(38), null), refused: true);
        time.Advance(TimeSpan.FromSeconds(29));
        budget.UsedUpUntil("events").ShouldNotBeNull();
        time.Advance(TimeSpan.FromSeconds(1));
        budget.UsedUpUntil("events").ShouldBeNull();
        budget.UsedUpUntil("events").ShouldNotBeNull();
        budget.Observe("events", new RateHeaders("z", 9800, Now.AddMinutes(38), null), refused: false);
        budget.UsedUpUntil("events").ShouldBeNull();
    }

    [Fact]
    public void Families_whose_answers_name_no_zone_share_no_budget()
    {
        var budget = new RateBudget(new FakeTimeProvider(Now));
        budget.Observe("infrastructure-monitoring", new RateHeaders(null, 0, Now.AddMinutes(38), null), refused: false);
        budget.Observe("events", new RateHeaders(null, 5000, Now.AddMinutes(38), null), refused: false);
        budget.UsedUpUntil("infrastructure-monitoring").ShouldNotBeNull();
        budget.UsedUpUntil("events").ShouldBeNull();
    }

    [Fact]
    public void A_refusal_without_a_word_about_time_blocks_nothing()
    {
        var budget = new RateBudget(new FakeTimeProvider(Now));
        budget.Observe("events", new RateHeaders(null, null, null, null), refused: true);
        budget.UsedUpUntil("events").ShouldBeNull();
    }

    [Fact]
    public void A_backend_that_names_ever_new_zones_costs_no_memory()
    {
        var budget = new RateBudget(new FakeTimeProvider(Now));
        for (var i = 0; i < 1000; i++)
            budget.Observe(i.ToString(CultureInfo.InvariantCulture), new RateHeaders($"z{i}", 0, Now.AddSeconds(60), null), refused: false);
        budget.UsedUpUntil("63").ShouldNotBeNull();
        budget.UsedUpUntil("64").ShouldBeNull();
    }

    private static RateHeaders Read(params (string Name, string Value)[] headers)
    {
        using var response = new HttpResponseMessage();
        foreach (var (name, value) in headers)
            response.Headers.TryAddWithoutValidation(name, value);
        return RateHeaders.Read(response.Headers, Now);
    }
}
