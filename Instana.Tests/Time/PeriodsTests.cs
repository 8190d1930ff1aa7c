using System.Globalization;
using System.Text.Json;
using Granary.Instana.Tests.Support;
using Granary.Instana.Time;

namespace Granary.Instana.Tests.Time;

public class PeriodsTests
{
    /// <summary>A Tuesday.</summary>
    private static readonly DateTimeOffset Now = new(2026, 3, 10, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("last 30 minutes", 30)]
    [InlineData("last 2 hours", 120)]
    [InlineData("Last 90 Days", 129600)]
    [InlineData("last hour", 60)]
    [InlineData("last week", 10080)]
    [InlineData("last month", 43200)]
    [InlineData("last quarter", 129600)]
    [InlineData("last few hours", 180)]
    [InlineData("the last 2 hours", 120)]
    [InlineData("in the last 2 hours", 120)]
    [InlineData("over the past 2 hours", 120)]
    [InlineData("1h", 60)]
    [InlineData("24h", 1440)]
    [InlineData("7d", 10080)]
    [InlineData("now-1h", 60)]
    [InlineData("now - 90m", 90)]
    [InlineData("an hour", 60)]
    [InlineData("half an hour", 30)]
    [InlineData("2 hours ago", 120)]
    [InlineData("last 2000 minutes", 2000)]
    [InlineData("last 1.5 hours", 90)]
    [InlineData("1h30m", 90)]
    [InlineData("1 hour 30 minutes", 90)]
    [InlineData("1 hour and 30 minutes", 90)]
    [InlineData("1d12h", 2160)]
    [InlineData("last seven days", 10080)]
    [InlineData("last seventeen minutes", 17)]
    [InlineData("last twenty-four hours", 1440)]
    [InlineData("past forty five minutes", 45)]
    [InlineData("a couple of hours", 120)]
    [InlineData("last fortnight", 20160)]
    [InlineData("PT2H", 120)]
    [InlineData("P1D", 1440)]
    [InlineData("P1DT12H", 2160)]
    [InlineData("P2W", 20160)]
    [InlineData("pt90m", 90)]
    [InlineData("3600000", 60)]
    [InlineData("3600000.0", 60)]
    [InlineData("last 7200 seconds", 120)]
    [InlineData("recent", 10)]
    public void A_length_ends_now(string text, int minutes) => Read(text).ShouldBe(new TimeWindow(Ms(Now.AddMinutes(-minutes)), Ms(Now)));

    [Theory]
    [InlineData("today", "2026-03-10T00:00:00Z", "2026-03-10T12:00:00Z")]
    [InlineData("yesterday", "2026-03-09T00:00:00Z", "2026-03-10T00:00:00Z")]
    [InlineData("Yesterday.", "2026-03-09T00:00:00Z", "2026-03-10T00:00:00Z")]
    [InlineData("last night", "2026-03-09T18:00:00Z", "2026-03-10T06:00:00Z")]
    [InlineData("this morning", "2026-03-10T06:00:00Z", "2026-03-10T12:00:00Z")]
    [InlineData("this week", "2026-03-09T00:00:00Z", "2026-03-10T12:00:00Z")]
    [InlineData("this month", "2026-03-01T00:00:00Z", "2026-03-10T12:00:00Z")]
    [InlineData("since yesterday", "2026-03-09T00:00:00Z", "2026-03-10T12:00:00Z")]
    [InlineData("since monday", "2026-03-09T00:00:00Z", "2026-03-10T12:00:00Z")]
    [InlineData("last friday", "2026-03-06T00:00:00Z", "2026-03-07T00:00:00Z")]
    [InlineData("since 2026-03-10 06:00", "2026-03-10T06:00:00Z", "2026-03-10T12:00:00Z")]
    [InlineData("since 06:00", "2026-03-10T06:00:00Z", "2026-03-10T12:00:00Z")]
    [InlineData("since yesterday at 6 pm", "2026-03-09T18:00:00Z", "2026-03-10T12:00:00Z")]
    [InlineData("2026-03-09", "2026-03-09T00:00:00Z", "2026-03-10T00:00:00Z")]
    [InlineData("9 March 2026", "2026-03-09T00:00:00Z", "2026-03-10T00:00:00Z")]
    [InlineData("2026-03-09 08:00 to 2026-03-09 10:00", "2026-03-09T08:00:00Z", "2026-03-09T10:00:00Z")]
    [InlineData("from 2026-03-09T08:00:00Z until 2026-03-09T10:00:00Z", "2026-03-09T08:00:00Z", "2026-03-09T10:00:00Z")]
    [InlineData("between 08:00 and 10:00", "2026-03-10T08:00:00Z", "2026-03-10T10:00:00Z")]
    [InlineData("2026-03-09T08:00:00Z/2026-03-09T10:00:00Z", "2026-03-09T08:00:00Z", "2026-03-09T10:00:00Z")]
    [InlineData("2026-03-09T08:00:00Z/PT2H", "2026-03-09T08:00:00Z", "2026-03-09T10:00:00Z")]
    [InlineData("2026-03-09 08:00 to 10:00", "2026-03-09T08:00:00Z", "2026-03-09T10:00:00Z")]
    [InlineData("9 March 2026 10 pm to 2 am", "2026-03-09T22:00:00Z", "2026-03-10T02:00:00Z")]
    [InlineData("yesterday 08:00 to 10:00", "2026-03-09T08:00:00Z", "2026-03-09T10:00:00Z")]
    [InlineData("yesterday noon to midnight", "2026-03-09T12:00:00Z", "2026-03-10T00:00:00Z")]
    [InlineData("2 hours ago to 11:00", "2026-03-10T10:00:00Z", "2026-03-10T11:00:00Z")]
    [InlineData("between 9pm and 10pm", "2026-03-09T21:00:00Z", "2026-03-09T22:00:00Z")]
    [InlineData("22:00 to 06:00", "2026-03-09T22:00:00Z", "2026-03-10T06:00:00Z")]
    [InlineData("08:00-10:00", "2026-03-10T08:00:00Z", "2026-03-10T10:00:00Z")]
    [InlineData("8am–10am", "2026-03-10T08:00:00Z", "2026-03-10T10:00:00Z")]
    [InlineData("08:00 – 10:00", "2026-03-10T08:00:00Z", "2026-03-10T10:00:00Z")]
    [InlineData("2026-03-09 08:00 to 2026-03-09 10:00|Europe/Berlin", "2026-03-09T07:00:00Z", "2026-03-09T09:00:00Z")]
    [InlineData("2026-03-09 08:00 to 10:00 EST", "2026-03-09T13:00:00Z", "2026-03-09T15:00:00Z")]
    [InlineData("2026-03-09 08:00 EST to 10:00", "2026-03-09T13:00:00Z", "2026-03-09T15:00:00Z")]
    [InlineData("2026-03-09 08:00 EST to 2026-03-09 15:00 UTC", "2026-03-09T13:00:00Z", "2026-03-09T15:00:00Z")]
    [InlineData("2026-03-09T08:00:00+01:00 to 2026-03-09 10:00 EST", "2026-03-09T07:00:00Z", "2026-03-09T15:00:00Z")]
    [InlineData("between 9am and 10am CET", "2026-03-10T08:00:00Z", "2026-03-10T09:00:00Z")]
    [InlineData("yesterday|Asia/Tokyo", "2026-03-08T15:00:00Z", "2026-03-09T15:00:00Z")]
    [InlineData("yesterday|pacific/kiritimati", "2026-03-09T10:00:00Z", "2026-03-10T10:00:00Z")]
    public void Calendar_words_and_two_ends_name_a_window(string text, string from, string to) => Read(text).ShouldBe(new TimeWindow(Ms(from), Ms(to)));

    [Theory]
    [InlineData("soon")]
    [InlineData("")]
    [InlineData("2")]
    [InlineData("last -2 hours")]
    [InlineData("last 0 hours")]
    [InlineData("P")]
    [InlineData("PT")]
    [InlineData("every day")]
    [InlineData("to")]
    [InlineData("2026-13-01")]
    public void The_rest_is_refused_with_forms_that_are_right(string text)
    {
        Periods.TryParse(text, Now, out _, out var problem).ShouldBeFalse();
        problem!.ShouldContain("last 2 hours");
    }

    [Theory]
    [InlineData("2026-03-09T10:00:00Z", "since 2026-03-09t10:00:00z")]
    [InlineData("1773050400000", "1773050400000 to now")]
    [InlineData("10am", "since 10am")]
    [InlineData("2026-03-11 10:00", "future")]
    [InlineData("tomorrow", "future")]
    [InlineData("1773050401", "since 1773050401000")]
    public void A_moment_is_refused_with_the_range_that_it_may_mean(string text, string hint)
    {
        Periods.TryParse(text, Now, out _, out var problem).ShouldBeFalse();
        problem!.ShouldContain(hint);
        if (hint != "future")
            Read(hint).To.ShouldBe(Ms(Now));
    }

    [Fact]
    public void A_range_is_at_most_120_characters()
    {
        Periods.TryParse("last" + new string(' ', 200) + "hour", Now, out _, out var problem).ShouldBeFalse();
        problem!.ShouldContain("too long");
    }

    [SharedFact]
    public async Task Every_form_of_the_vectors_is_understood()
    {
        await using var backend = await Backend.StartAsync(at: new DateTimeOffset(2026, 11, 29, 12, 0, 0, TimeSpan.Zero));
        using var vectors = JsonDocument.Parse(SharedVectors.Vector("time-forms.json"));
        var calls = vectors.RootElement.GetProperty("time_range").EnumerateArray().Select(value => $$"""{"time_range":{{value.GetRawText()}}}""")
            .Concat(vectors.RootElement.GetProperty("from_time").EnumerateArray().Select(value => $$"""{"from_time":{{value.GetRawText()}}}"""))
            .Concat(vectors.RootElement.GetProperty("aliases").EnumerateArray().Select(value => value.GetRawText()));
        foreach (var call in calls)
        {
            foreach (var json in new[] { call, $$"""{"filters":{{call}}}""" })
            {
                var answer = await backend.AskAsync("get_events", json);
                answer.IsError.ShouldBeFalse(json + answer.Text);
                answer.Json.TryGetProperty("warnings", out var notes).ShouldBeFalse(json + notes);
                answer.Json.GetProperty("window").GetProperty("to_time").GetInt64().ShouldBeGreaterThan(answer.Json.GetProperty("window").GetProperty("from_time").GetInt64());
            }
        }
    }

    private static TimeWindow Read(string text)
    {
        Periods.TryParse(text, Now, out var window, out var problem).ShouldBeTrue(text + problem);
        return window!;
    }

    private static long Ms(DateTimeOffset moment) => moment.ToUnixTimeMilliseconds();

    private static long Ms(string moment) => Ms(DateTimeOffset.Parse(moment, CultureInfo.InvariantCulture));
}
