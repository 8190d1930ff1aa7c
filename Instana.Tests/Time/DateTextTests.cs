using System.Globalization;
using Granary.Instana.Time;

namespace Granary.Instana.Tests.Time;

public class DateTextTests
{
    [Theory]
    [InlineData("10 March 2026, 2:00 PM", "2026-03-10T14:00:00Z")]
    [InlineData("10 March 2026, 2 PM", "2026-03-10T14:00:00Z")]
    [InlineData("March 10, 2026 2:00 PM", "2026-03-10T14:00:00Z")]
    [InlineData("March 10, 2026 2 PM", "2026-03-10T14:00:00Z")]
    [InlineData("2026-03-10 14:00", "2026-03-10T14:00:00Z")]
    [InlineData("2026-03-10 14:00:05", "2026-03-10T14:00:05Z")]
    [InlineData("2026-03-10T14:00:00", "2026-03-10T14:00:00Z")]
    [InlineData("2026-03-10T14:00:00Z", "2026-03-10T14:00:00Z")]
    [InlineData("2026-03-10T14:00:00.5Z", "2026-03-10T14:00:00.5Z")]
    [InlineData("2026-03-10T14:00:00+02:00", "2026-03-10T12:00:00Z")]
    [InlineData("2026-03-10T14:00-05:30", "2026-03-10T19:30:00Z")]
    [InlineData("10/03/2026 14:00", "2026-03-10T14:00:00Z")]
    [InlineData("03/25/2026 14:00", "2026-03-25T14:00:00Z")]
    [InlineData("10-03-2026 14:00", "2026-03-10T14:00:00Z")]
    [InlineData("2026/03/10 14:00", "2026-03-10T14:00:00Z")]
    [InlineData("2026-03-10", "2026-03-10T00:00:00Z")]
    [InlineData("10 March 2026, 2:00 PM|IST", "2026-03-10T08:30:00Z")]
    [InlineData("10 March 2026, 2:00 PM IST", "2026-03-10T08:30:00Z")]
    [InlineData("2026-03-10 14:00|ET", "2026-03-10T18:00:00Z")]
    [InlineData("2026-01-10 14:00|ET", "2026-01-10T19:00:00Z")]
    [InlineData("2026-07-10 14:00|Europe/Berlin", "2026-07-10T12:00:00Z")]
    [InlineData("2026-07-10 14:00 Europe/Berlin", "2026-07-10T12:00:00Z")]
    [InlineData("2026-07-10 14:00|JST", "2026-07-10T05:00:00Z")]
    [InlineData("2026-07-10 14:00|EST5", "2026-07-10T19:00:00Z")]
    [InlineData("2026-07-10 14:00|+05:30", "2026-07-10T08:30:00Z")]
    [InlineData("2026-07-10 14:00|utc", "2026-07-10T14:00:00Z")]
    [InlineData("29 Nov 2026 06:00", "2026-11-29T06:00:00Z")]
    [InlineData("Nov 29, 2026 6:00 AM", "2026-11-29T06:00:00Z")]
    [InlineData("November 29th, 2026 at 6:00 am", "2026-11-29T06:00:00Z")]
    [InlineData("20261129T060000Z", "2026-11-29T06:00:00Z")]
    [InlineData("20261129T060000+0200", "2026-11-29T04:00:00Z")]
    [InlineData("2026-11-29 06:00 EST", "2026-11-29T11:00:00Z")]
    [InlineData("2026-07-10 06:00 CEST", "2026-07-10T04:00:00Z")]
    [InlineData("Sun, 29 Nov 2026 06:00:00 GMT", "2026-11-29T06:00:00Z")]
    [InlineData("Sunday 29 November 2026 06:00", "2026-11-29T06:00:00Z")]
    [InlineData("2026-11-29 06:00 UTC+2", "2026-11-29T04:00:00Z")]
    [InlineData("2026-3-9 6:05", "2026-03-09T06:05:00Z")]
    public void Every_documented_form_is_read(string text, string moment)
    {
        DateText.TryParse(text, out var read, out var problem).ShouldBeTrue(problem);
        read.UtcDateTime.ShouldBe(DateTimeOffset.Parse(moment, CultureInfo.InvariantCulture).UtcDateTime);
    }

    [Theory]
    [InlineData("tomorrow", "not a date")]
    [InlineData("2026-13-10 14:00", "not a date")]
    [InlineData("2026-02-30", "not a date")]
    [InlineData("", "not a date")]
    [InlineData("2026-03-10 14:00|Atlantis/Capital", "unknown time zone")]
    [InlineData("2026-03-10 14:00|XYZ", "unknown time zone")]
    [InlineData("2026-03-10 14:00|", "unknown time zone")]
    [InlineData("2026-03-10 14:00|+99:00", "unknown time zone")]
    [InlineData("2026-03-10 14:00|../../etc/passwd", "unknown time zone")]
    [InlineData("2026-03-10T14:00:00+02:00|CET", "both an offset and a time zone")]
    [InlineData("2026-03-29 02:30|Europe/Berlin", "does not exist")]
    public void What_is_not_certain_is_refused(string text, string reason)
    {
        DateText.TryParse(text, out _, out var problem).ShouldBeFalse();
        problem!.ShouldContain(reason);
    }

    [Fact]
    public void A_date_is_at_most_100_characters()
    {
        DateText.TryParse(new string(' ', 90) + "2026-03-10", out _, out _).ShouldBeTrue();
        DateText.TryParse(new string(' ', 91) + "2026-03-10", out _, out var problem).ShouldBeFalse();
        problem!.ShouldContain("too long");
    }
}
