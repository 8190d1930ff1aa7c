using Granary.Instana.Time;

namespace Granary.Instana.Tests.Time;

public class MomentsTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 10, 12, 0, 0, TimeSpan.Zero);

    private static long Ms => Now.ToUnixTimeMilliseconds();

    [Fact]
    public void Numbers_numeric_strings_dates_and_now_are_moments()
    {
        Read($"{Ms}").ShouldBe(Ms);
        Read($" {Ms} ").ShouldBe(Ms);
        Read("now").ShouldBe(Ms);
        Read("now-2h").ShouldBe(Ms - 7_200_000);
        Read("6 hours ago").ShouldBe(Ms - (6 * 3_600_000));
        Read("an hour ago").ShouldBe(Ms - 3_600_000);
        Read("-30m").ShouldBe(Ms - 1_800_000);
        Read("yesterday").ShouldBe(Ms - (36 * 3_600_000));
        Read("yesterday 18:00").ShouldBe(Ms - (18 * 3_600_000));
        Read("midnight").ShouldBe(Ms - (12 * 3_600_000));
        Read("06:00").ShouldBe(Ms - (6 * 3_600_000));
        Read("monday").ShouldBe(Ms - (36 * 3_600_000));
        Read($"{Ms}.0").ShouldBe(Ms);
        Read("2026-03-10T11:00:00Z").ShouldBe(Ms - 3_600_000);
    }

    [Fact]
    public void The_first_moment_is_the_start_of_2020()
    {
        Read("1577836800000").ShouldBe(1577836800000);
        Problem("1577836799999").ShouldContain("2020-01-01");
        Problem("2019-12-31").ShouldContain("2020-01-01");
        Problem("-5").ShouldContain("2020-01-01");
        Problem("0").ShouldContain("2020-01-01");
    }

    [Fact]
    public void The_last_moment_is_a_minute_from_now()
    {
        Read($"{Ms + 60_000}").ShouldBe(Ms + 60_000);
        Problem($"{Ms + 60_001}").ShouldContain("in the future");
        Problem("9223372036854775807").ShouldContain("in the future");
    }

    [Fact]
    public void Seconds_are_recognised_as_such() => Problem("1760000000").ShouldContain("looks like seconds");

    [Theory]
    [InlineData("nowish")]
    [InlineData("now+1h")]
    [InlineData("99999999999999999999")]
    [InlineData("1e12")]
    public void Anything_else_is_none(string text) => Problem(text).ShouldNotBeEmpty();

    private static long Read(string text)
    {
        Moments.TryParse(text, Now, out var milliseconds, out var problem).ShouldBeTrue(problem);
        return milliseconds;
    }

    private static string Problem(string text)
    {
        Moments.TryParse(text, Now, out _, out var problem).ShouldBeFalse();
        return problem!;
    }
}
