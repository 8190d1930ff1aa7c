using Granary.Vault.Canonical;

namespace Granary.Vault.Tests.Canonical;

/// <summary>Times as Python's <c>datetime.isoformat()</c> writes them in UTC, which is what the reference's events carry.</summary>
public sealed class EventTimestampTests
{
    [Theory]
    [InlineData("2026-01-31T09:30:00.1234567Z", "2026-01-31T09:30:00.123456+00:00")]
    [InlineData("2026-01-31T09:30:00.0000019Z", "2026-01-31T09:30:00.000001+00:00")]
    [InlineData("2026-01-31T09:30:00.0000009Z", "2026-01-31T09:30:00+00:00")]
    [InlineData("2026-01-31T09:30:00Z", "2026-01-31T09:30:00+00:00")]
    [InlineData("2026-01-31T11:30:00.5+02:00", "2026-01-31T09:30:00.500000+00:00")]
    [InlineData("0001-01-01T00:00:00Z", "0001-01-01T00:00:00+00:00")]
    [InlineData("9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999+00:00")]
    public void A_time_has_six_digits_of_a_second_or_none(string time, string written) =>
        EventTimestamp.Format(DateTimeOffset.Parse(time, System.Globalization.CultureInfo.InvariantCulture)).ShouldBe(written);

    [Theory]
    [InlineData("2026-01-31T09:30:00.123456+00:00", 1_234_560)]
    [InlineData("2026-01-31T11:30:00.123456+02:00", 1_234_560)]
    [InlineData("2026-01-31T04:00:00.123456-05:30", 1_234_560)]
    [InlineData("2026-01-31T09:30:00+00:00", 0)]
    [InlineData("2026-01-31T09:30:00.1234567+00:00", 1_234_567)]
    [InlineData("2026-01-31T09:30:00.5Z", 5_000_000)]
    public void Each_form_is_read(string text, long ticksOfTheSecond)
    {
        EventTimestamp.TryParse(text, out var time).ShouldBeTrue();
        time.UtcDateTime.ShouldBe(new DateTime(2026, 1, 31, 9, 30, 0, DateTimeKind.Utc).AddTicks(ticksOfTheSecond));
    }

    [Theory]
    [InlineData("")]
    [InlineData("2026-01-31")]
    [InlineData("2026-02-30T09:30:00.123456+00:00")]
    [InlineData("2026-01-31T24:30:00.123456+00:00")]
    [InlineData("2026-01-31T09:30:00.12345x+00:00")]
    [InlineData("2026-01-31T09:30:00.123456+99:00")]
    [InlineData("2026-01-31 09:30:00.123456+00:00")]
    [InlineData("2026-01-31T09:30:00.123456+00000")]
    [InlineData("2026-01-31T09:30:00,123456+00:00")]
    [InlineData("٢٠٢٦-01-31T09:30:00.123456+00:00")]
    public void What_is_no_time_is_not_read(string text) => EventTimestamp.TryParse(text, out _).ShouldBeFalse();
}
