using Granary.Instana.Time;

namespace Granary.Instana.Params;

/// <summary>The three parameters that name a stretch of time, and how they go together.</summary>
internal static class TimeFrames
{
    public static InstanaParameter TimeRange { get; } = new(
        "time_range", ParameterKind.Range, "e.g. \"last 2 hours\", \"24h\", \"last week\"; this or from_time is required")
    {
        MaxLength = TimeRangeText.MaxLength,
        Example = "last 2 hours",
    };

    public static InstanaParameter FromTime { get; } = new("from_time", ParameterKind.Moment, "Start: epoch ms, or a date such as 2026-03-10T14:00:00Z")
    {
        Example = "2026-03-10T14:00:00Z",
    };

    public static InstanaParameter ToTime { get; } = new("to_time", ParameterKind.Moment, "End, same forms; default now")
    {
        Example = "2026-03-10T16:00:00Z",
    };

    /// <summary>Works out the window; problems go where the others are.</summary>
    /// <returns>The window; null when it cannot be known.</returns>
    public static TimeWindow? Resolve(BoundParams bound, DateTimeOffset now)
    {
        if (bound.Problems.Any(problem => IsTime(problem.Field)))
            return null;
        var range = bound.Range(TimeRange.Name);
        var from = bound.Number(FromTime.Name);
        var to = bound.Number(ToTime.Name) ?? now.ToUnixTimeMilliseconds();
        if (range is null && from is null)
        {
            bound.Add(new InputProblem(
                TimeRange.Name,
                "A period is required. Ask the user which one is meant, then give time_range (for example "
                + $"{TimeRangeText.Forms}), or from_time and optionally to_time.")
            {
                Example = TimeRange.Example,
            });
            return null;
        }
        if (range is not null && from is not null)
        {
            bound.Add(new InputProblem(TimeRange.Name, "time_range and from_time both name a start; give one of them.") { Example = TimeRange.Example });
            return null;
        }
        var window = new TimeWindow(from ?? to - (long)range!.Value.TotalMilliseconds, to);
        return Check(bound, window) ? window : null;
    }

    private static bool Check(BoundParams bound, TimeWindow window)
    {
        string? message = null;
        if (window.From >= window.To)
            message = "from_time must be before to_time.";
        else if (window.To - window.From > (long)Moments.MaxRange.TotalMilliseconds)
            message = $"The period is too long: at most {Moments.MaxRange.TotalDays} days.";
        else if (window.From < Moments.Earliest)
            message = "The period must not start before 2020-01-01.";
        if (message is null)
            return true;
        bound.Add(new InputProblem(FromTime.Name, message) { Example = FromTime.Example });
        return false;
    }

    private static bool IsTime(string field) =>
        field.EndsWith(TimeRange.Name, StringComparison.Ordinal)
        || field.EndsWith(FromTime.Name, StringComparison.Ordinal)
        || field.EndsWith(ToTime.Name, StringComparison.Ordinal)
        || field == "params" || field == "filters";
}
