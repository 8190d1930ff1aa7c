namespace Granary.Instana.Time;

/// <summary>A unit of time.</summary>
/// <param name="Length">How long one is.</param>
/// <param name="Few">How many "a few" of them are.</param>
internal sealed record TimeUnit(TimeSpan Length, int Few)
{
    private static readonly TimeUnit Millisecond = new(TimeSpan.FromMilliseconds(1), 3);
    private static readonly TimeUnit Second = new(TimeSpan.FromSeconds(1), 15);
    private static readonly TimeUnit Minute = new(TimeSpan.FromMinutes(1), 15);
    private static readonly TimeUnit Hour = new(TimeSpan.FromHours(1), 3);
    private static readonly TimeUnit Day = new(TimeSpan.FromDays(1), 3);
    private static readonly TimeUnit Week = new(TimeSpan.FromDays(7), 3);
    private static readonly TimeUnit Fortnight = new(TimeSpan.FromDays(14), 3);
    private static readonly TimeUnit Month = new(TimeSpan.FromDays(30), 3);
    private static readonly TimeUnit Quarter = new(TimeSpan.FromDays(90), 3);
    private static readonly TimeUnit Year = new(TimeSpan.FromDays(365), 3);

    /// <summary>A unit by its name, plural or short form.</summary>
    public static TimeUnit? Find(string name) => name switch
    {
        "ms" or "msec" or "msecs" or "millis" or "millisecond" or "milliseconds" => Millisecond,
        "s" or "sec" or "secs" or "second" or "seconds" => Second,
        "m" or "min" or "mins" or "minute" or "minutes" => Minute,
        "h" or "hr" or "hrs" or "hour" or "hours" => Hour,
        "d" or "day" or "days" => Day,
        "w" or "wk" or "wks" or "week" or "weeks" => Week,
        "fortnight" or "fortnights" => Fortnight,
        "mo" or "mon" or "mth" or "mths" or "month" or "months" => Month,
        "q" or "quarter" or "quarters" => Quarter,
        "y" or "yr" or "yrs" or "year" or "years" => Year,
        _ => null,
    };
}
