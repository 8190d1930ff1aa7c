using Granary.Instana.Time;

namespace Granary.Instana.Tests.Time;

public class TimeRangeTextTests
{
    [Theory]
    [InlineData("last 30 minutes", 30)]
    [InlineData("last 1 minute", 1)]
    [InlineData("last 1440 minutes", 1440)]
    [InlineData("last 2 hours", 120)]
    [InlineData("last 720 hours", 43200)]
    [InlineData("Last 90 Days", 129600)]
    [InlineData("last 12 weeks", 120960)]
    [InlineData("last 3 months", 129600)]
    [InlineData("last hour", 60)]
    [InlineData("last week", 10080)]
    [InlineData("last month", 43200)]
    [InlineData("last few hours", 180)]
    [InlineData("past few days", 4320)]
    [InlineData("the last 2 hours", 120)]
    [InlineData("in the last 2 hours", 120)]
    [InlineData("1h", 60)]
    [InlineData("24h", 1440)]
    [InlineData("30m", 30)]
    [InlineData("7d", 10080)]
    [InlineData("2 weeks", 20160)]
    [InlineData("now-1h", 60)]
    [InlineData(" 15 min ", 15)]
    [InlineData("an hour", 60)]
    [InlineData("2 hours ago", 120)]
    public void What_people_say_is_understood(string text, int minutes)
    {
        TimeRangeText.TryParse(text, out var range, out var problem).ShouldBeTrue(problem);
        range.ShouldBe(TimeSpan.FromMinutes(minutes));
    }

    [Theory]
    [InlineData("last 1441 minutes", "from 1 to 1440 minutes")]
    [InlineData("last 721 hours", "from 1 to 720 hours")]
    [InlineData("last 91 days", "from 1 to 90 days")]
    [InlineData("last 13 weeks", "from 1 to 12 weeks")]
    [InlineData("last 4 months", "from 1 to 3 months")]
    [InlineData("last 0 hours", "from 1 to 720 hours")]
    [InlineData("last 999999999 hours", "from 1 to 720 hours")]
    [InlineData("last 10 seconds", "not a time range")]
    [InlineData("last -2 hours", "not a time range")]
    [InlineData("yesterday", "not a time range")]
    [InlineData("2", "not a time range")]
    [InlineData("", "not a time range")]
    [InlineData("last 9999999999 hours", "not a time range")]
    public void The_rest_is_refused_with_the_limit_or_the_forms(string text, string reason)
    {
        TimeRangeText.TryParse(text, out _, out var problem).ShouldBeFalse();
        problem!.ShouldContain(reason);
    }

    [Fact]
    public void A_range_is_at_most_64_characters()
    {
        TimeRangeText.TryParse("last" + new string(' ', 54) + "1 hour", out _, out _).ShouldBeTrue();
        TimeRangeText.TryParse("last" + new string(' ', 55) + "1 hour", out _, out var problem).ShouldBeFalse();
        problem!.ShouldContain("too long");
    }
}
