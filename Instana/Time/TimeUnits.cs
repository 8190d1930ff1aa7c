namespace Granary.Instana.Time;

/// <summary>The units of a relative range, with the largest number of each that the tools document.</summary>
internal sealed record TimeUnit(string Name, TimeSpan Length, int Max, int Few)
{
    private static readonly TimeUnit Minute = new("minute", TimeSpan.FromMinutes(1), 1440, 15);
    private static readonly TimeUnit Hour = new("hour", TimeSpan.FromHours(1), 720, 3);
    private static readonly TimeUnit Day = new("day", TimeSpan.FromDays(1), 90, 3);
    private static readonly TimeUnit Week = new("week", TimeSpan.FromDays(7), 12, 3);
    private static readonly TimeUnit Month = new("month", TimeSpan.FromDays(30), 3, 3);

    /// <summary>A unit by its name, plural or short form.</summary>
    public static TimeUnit? Find(string name) => name switch
    {
        "m" or "min" or "mins" or "minute" or "minutes" => Minute,
        "h" or "hr" or "hrs" or "hour" or "hours" => Hour,
        "d" or "day" or "days" => Day,
        "w" or "wk" or "wks" or "week" or "weeks" => Week,
        "mo" or "mon" or "month" or "months" => Month,
        _ => null,
    };
}
