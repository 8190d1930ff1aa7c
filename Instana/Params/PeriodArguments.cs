using System.Globalization;
using System.Text;
using System.Text.Json;
using Granary.Instana.Time;
using Granary.Spelling;

namespace Granary.Instana.Params;

/// <summary>
/// Collects everything that says which period is meant, under all the names that clients use, and works it out: a range, a start and an end,
/// a length, a length and an end.
/// </summary>
internal sealed class PeriodArguments(BoundParams bound, DateTimeOffset now)
{
    private readonly List<string> _given = [];
    private TimeWindow? _range;
    private long? _from;
    private long? _to;
    private long? _size;
    private bool _broken;

    /// <summary>Whether a name means a period; names are compared without case, spaces and underscores.</summary>
    public static bool IsName(string squashed) => Role(squashed) != ' ';

    /// <summary>Takes one argument.</summary>
    public void Read(string path, string name, JsonElement value)
    {
        if (Absent.Is(value, out var word))
        {
            if (word is not null)
                bound.Warn($"'{NearestName.Shorten(path)}' was '{word}', which counts as not given.");
            return;
        }
        var role = Role(Names.Squash(name));
        if (value.ValueKind == JsonValueKind.String && value.GetString()!.TrimStart() is ['{', ..] text)
        {
            if (ParamsText.TryParse(Encoding.UTF8.GetBytes(text), out var document, out _))
            {
                using (document)
                    ReadObject(path, document.RootElement);
                return;
            }
        }
        if (value.ValueKind == JsonValueKind.Object && role == 'r')
            ReadObject(path, value);
        else if (value.ValueKind is JsonValueKind.String or JsonValueKind.Number)
            ReadScalar(path, role, value.ValueKind == JsonValueKind.String ? value.GetString()!.Trim() : value.GetRawText());
        else
            Fail(path, "must be a period such as \"last 2 hours\", or a moment.");
    }

    /// <summary>The window; null where none is known, or something is wrong, which is in the problems then.</summary>
    public TimeWindow? Resolve(PeriodRule rule)
    {
        if (_broken)
            return null;
        if (_given.Count == 0)
            return Default(rule);
        var end = _to ?? (_from is { } start && _size is { } length && start + length <= now.ToUnixTimeMilliseconds() ? start + length : Now());
        TimeWindow window;
        if (_range is { } range)
        {
            if (_from is not null || _size is not null)
                return Conflict("time_range and from_time both name a start; give one of them.");
            // "last 2 hours" before an end that is named; "yesterday" has its own.
            if (_to is not null && range.To != Now())
                return Conflict($"'{_given[0]}' has an end of its own; leave to_time out.");
            window = _to is { } until ? new TimeWindow(until - (range.To - range.From), until) : range;
        }
        else if (_from is { } from)
        {
            if (_to is not null && _size is { } size && _to - from != size)
                return Conflict("A start, an end and a length that do not agree; give two of them.");
            window = new TimeWindow(from, end);
        }
        else
        {
            window = new TimeWindow(end - (_size ?? (Math.Max(rule.Minutes, 10) * 60_000L)), end);
        }
        return Check(rule, window);
    }

    private TimeWindow? Default(PeriodRule rule)
    {
        if (rule.Minutes == 0)
            return null;
        bound.Warn($"No period was given: the last {(rule.Minutes == 60 ? "hour is" : Spans.Words(rule.Minutes * 60_000L) + " are")} used; time_range or from_time choose another.");
        return new TimeWindow(Now() - (rule.Minutes * 60_000L), Now());
    }

    private void ReadObject(string path, JsonElement value)
    {
        foreach (var property in value.EnumerateObject())
        {
            var squashed = Names.Squash(property.Name);
            if (IsName(squashed))
                Read($"{path}.{property.Name}", property.Name, property.Value);
            else if (squashed is not ("focusedmoment" or "autorefresh"))
                Fail($"{path}.{property.Name}", "is not part of a period; it has windowSize, to, from, or time_range.");
        }
    }

    private void ReadScalar(string path, char role, string text)
    {
        switch (role)
        {
            case 'f' when Moments.TryParse(text, now, out var from, out var problem) || Fail(path, problem):
                Take(path, ref _from, from);
                break;
            // The synthetic endpoints' own examples say 0 for now.
            case 't' when text is "0" or "0.0" or "now":
                break;
            case 't' when Moments.TryParse(text, now, out var to, out var problem) || Fail(path, problem):
                Take(path, ref _to, to);
                break;
            case 's' when ReadSize(text) is { } size:
                Take(path, ref _size, size);
                break;
            case 's':
                Fail(path, "must be a length of time: milliseconds such as 3600000, or \"1h\".");
                break;
            case 'r' when Periods.TryParse(text, now, out var window, out var problem) || Fail(path, problem + Nearest(text)):
                if (_range is not null && _range != window)
                    Fail(path, "names a second period; give one.");
                _range = window;
                _given.Add(path);
                break;
        }
    }

    private static long? ReadSize(string text)
    {
        if (decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            return number is > 0 and < 10_000_000_000_000 ? (long)number : null;
        return Durations.TryParse(text.ToLowerInvariant(), out var length) && length > TimeSpan.Zero ? (long)length.TotalMilliseconds : null;
    }

    private static string Nearest(string text) => NearestName.Of(text, Periods.Examples) is { } nearest ? $" Did you mean \"{nearest}\"?" : "";

    private void Take(string path, ref long? slot, long value)
    {
        if (slot is not null && slot != value)
            Fail(path, "is given twice with different values; keep one.");
        slot = value;
        _given.Add(path);
    }

    private TimeWindow? Check(PeriodRule rule, TimeWindow window)
    {
        string? message = null;
        var end = Now();
        if (window.To > end)
            window = window with { To = end };
        if (window.From >= window.To)
            message = "from_time must be before to_time.";
        else if (window.To - window.From > TimeSpan.FromDays(rule.MaxDays).TotalMilliseconds)
            message = $"The period is too long: at most {rule.MaxDays} days; for example \"last {rule.MaxDays} days\".";
        else if (window.From < Moments.Earliest)
            message = "The period must not start before 2020-01-01.";
        return message is null ? window : Conflict(message);
    }

    private TimeWindow? Conflict(string message)
    {
        bound.Add(new InputProblem(_given.Count > 0 ? _given[0] : "time_range", message) { Example = "last 2 hours" });
        return null;
    }

    private bool Fail(string path, string? problem)
    {
        _broken = true;
        var field = NearestName.Shorten(path);
        bound.Add(new InputProblem(field, $"{field} {problem}") { Example = "last 2 hours" });
        return false;
    }

    private long Now() => now.ToUnixTimeMilliseconds();

    /// <summary>f: a start, t: an end, s: a length, r: a range, space: none of these.</summary>
    private static char Role(string name) => name switch
    {
        "timerange" or "period" or "timeperiod" or "timewindow" or "timeframe" or "timeconfig" or "window" or "duration" or "range" or "interval" => 'r',
        "fromtime" or "from" or "varfrom" or "start" or "starttime" or "startdate" or "since" or "begin" or "fromtimestamp" => 'f',
        "totime" or "to" or "end" or "endtime" or "enddate" or "until" or "totimestamp" => 't',
        "windowsize" or "windowsizems" => 's',
        _ => ' ',
    };
}
