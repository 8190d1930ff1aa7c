using System.Globalization;
using System.Text.Json.Nodes;
using Granary.Instana.Operations;
using Granary.Instana.Params;

namespace Granary.Instana.Handlers.Maintenance;

/// <summary>Makes a maintenance window's document from parameters. A duration stays what was asked for: 90 minutes are 90 minutes.</summary>
internal static class MaintenanceWindow
{
    private const long Minute = 60_000;

    public static IReadOnlyDictionary<string, int> Templates { get; } = new Dictionary<string, int>
    {
        ["deployment"] = 60, ["database_migration"] = 180, ["infrastructure_upgrade"] = 240, ["emergency"] = 120, ["routine"] = 30,
    };

    /// <summary>A new window; null with a sentence where something is missing.</summary>
    public static JsonObject? New(BoundParams bound, DateTimeOffset now, string? code, out string? problem)
    {
        var start = bound.Number("start_time") ?? now.ToUnixTimeMilliseconds();
        if (Minutes(bound, start, out problem) is not { } minutes)
        {
            problem ??= "A duration is required: duration_minutes, duration_hours, duration_days, end_time or template.";
            return null;
        }
        var window = new JsonObject { ["id"] = MaintenanceHandlers.NewId() };
        var day = DateTimeOffset.FromUnixTimeMilliseconds(start).UtcDateTime.ToString("yyyy_MM_dd", CultureInfo.InvariantCulture);
        var reason = bound.Text("reason") ?? bound.Text("template") ?? "maintenance";
        window["name"] = bound.Text("name") ?? string.Join('_', new[] { code, reason, bound.Text("change_request_id"), day }.Where(part => !string.IsNullOrEmpty(part)));
        if (!Scope(window, bound, code))
        {
            problem = "What is to be silenced is required: imap_code, query (Dynamic Focus), or tag_filter_expression for synthetic tests.";
            return null;
        }
        window["scheduling"] = Schedule(bound, start, minutes, null);
        window["paused"] = bound.Flag("paused") ?? false;
        window["retriggerOpenAlertsEnabled"] = false;
        problem = start + (minutes * Minute) <= now.ToUnixTimeMilliseconds() ? "The window would be over already; give a later start_time or a longer duration." : null;
        return problem is null ? window : null;
    }

    /// <summary>A changed window: what is not named stays, its name too.</summary>
    public static JsonObject? Change(JsonObject before, BoundParams bound, DateTimeOffset now, out string? problem)
    {
        var window = Document(before);
        var (oldStart, oldEnd) = Span(before);
        var start = bound.Number("start_time") ?? oldStart;
        var minutes = Minutes(bound, start, out problem);
        if (problem is not null)
            return null;
        if (bound.Text("name") is { } name)
            window["name"] = name;
        if (bound.Text("query") is not null || bound.Json("tag_filter_expression") is not null || bound.Text("imap_code") is not null)
            Scope(window, bound, bound.Text("imap_code"));
        if (bound.Flag("paused") is { } paused)
            window["paused"] = paused;
        if (minutes is not null || start != oldStart || bound.Has("rrule") || bound.Has("until_date") || bound.Has("timezone"))
            window["scheduling"] = Schedule(bound, start, minutes ?? (oldEnd - oldStart) / Minute, before["scheduling"] as JsonObject);
        var (_, end) = Span(window);
        problem = end <= now.ToUnixTimeMilliseconds() && !bound.Has("rrule") && Bodies.Text(window["scheduling"], "type") != "RECURRENT" ? "The window would be over already; close ends one." : null;
        return problem is null ? window : null;
    }

    /// <summary>The same window, over now; null where it is recurrent and would come again.</summary>
    public static JsonObject? EndNow(JsonObject before, DateTimeOffset now)
    {
        var window = Document(before);
        if (window["scheduling"] is not JsonObject scheduling || Bodies.Text(scheduling, "type") == "RECURRENT")
            return null;
        var (start, _) = Span(before);
        var passed = Math.Max(1, (now.ToUnixTimeMilliseconds() - start) / Minute);
        scheduling["duration"] = new JsonObject { ["amount"] = passed, ["unit"] = "MINUTES" };
        return window;
    }

    /// <summary>Start and end of a window, or of its next occurrence.</summary>
    public static (long Start, long End) Span(JsonObject window)
    {
        if (window["occurrence"] is JsonObject next && Bodies.Number(next, "start") is { } from && Bodies.Number(next, "end") is { } to)
            return (from, to);
        var start = Bodies.Number(window["scheduling"], "start") ?? 0;
        var duration = window["scheduling"]?["duration"];
        var unit = Bodies.Text(duration, "unit") switch
        {
            "DAYS" => 1440,
            "HOURS" => 60,
            _ => 1,
        };
        return (start, start + ((Bodies.Number(duration, "amount") ?? 0) * unit * Minute));
    }

    public static bool Mentions(JsonObject window, string code) =>
        Bodies.Text(window, "query")?.Contains(code, StringComparison.OrdinalIgnoreCase) == true
        || Bodies.Text(window, "name")?.Contains(code, StringComparison.OrdinalIgnoreCase) == true
        || window["tagFilterExpression"]?.ToJsonString().Contains(code, StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>Without what the backend works out itself.</summary>
    private static JsonObject Document(JsonObject before)
    {
        var window = before.DeepClone().AsObject();
        foreach (var name in new[] { "state", "occurrence", "invalid", "applicationNames", "lastUpdated", "validVersion" })
            window.Remove(name);
        return window;
    }

    private static long? Minutes(BoundParams bound, long start, out string? problem)
    {
        problem = null;
        var given = new List<long>();
        if (bound.Number("duration_minutes") is { } minutes)
            given.Add(minutes);
        if (bound.Number("duration_hours") is { } hours)
            given.Add(hours * 60);
        if (bound.Number("duration_days") is { } days)
            given.Add(days * 1440);
        if (bound.Number("end_time") is { } end)
        {
            if (end <= start)
                problem = "end_time must be after start_time.";
            given.Add((end - start + Minute - 1) / Minute);
        }
        if (given.Distinct().Count() > 1)
            problem = "The durations and end_time do not agree; give one of them.";
        if (given.Count > 0)
            return given[0];
        return bound.Text("template") is { } template ? Templates[template] : null;
    }

    private static bool Scope(JsonObject window, BoundParams bound, string? code)
    {
        var filter = bound.Json("tag_filter_expression")?.DeepClone();
        if (filter is null && bound.Flag("use_tag_filter_expression") == true && code is not null)
        {
            filter = new JsonObject
            {
                ["type"] = "TAG_FILTER", ["name"] = bound.Text("tag_name") ?? "synthetic.tags", ["key"] = "imap", ["value"] = code, ["operator"] = "EQUALS", ["entity"] = "NOT_APPLICABLE",
            };
        }
        window["query"] = filter is not null ? "" : bound.Text("query") ?? (code is null ? "" : $"entity.tag:imap={code}");
        window["tagFilterExpressionEnabled"] = filter is not null;
        window.Remove("tagFilterExpression");
        if (filter is not null)
            window["tagFilterExpression"] = filter;
        return filter is not null || bound.Text("query") is not null || code is not null;
    }

    private static JsonObject Schedule(BoundParams bound, long start, long minutes, JsonObject? before)
    {
        var rule = bound.Text("rrule") ?? Bodies.Text(before, "rrule");
        var scheduling = new JsonObject { ["start"] = start, ["duration"] = Duration(minutes), ["type"] = rule is null ? "ONE_TIME" : "RECURRENT" };
        if (rule is null)
            return scheduling;
        if (bound.Number("until_date") is { } until && !rule.Contains("UNTIL=", StringComparison.OrdinalIgnoreCase))
            rule += ";UNTIL=" + DateTimeOffset.FromUnixTimeMilliseconds(until).UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        scheduling["rrule"] = rule;
        scheduling["timezoneId"] = bound.Text("timezone") ?? Bodies.Text(before, "timezoneId") ?? "UTC";
        return scheduling;
    }

    /// <summary>The largest unit that loses nothing.</summary>
    private static JsonObject Duration(long minutes) => minutes % 1440 == 0
        ? new JsonObject { ["amount"] = minutes / 1440, ["unit"] = "DAYS" }
        : minutes % 60 == 0 ? new JsonObject { ["amount"] = minutes / 60, ["unit"] = "HOURS" } : new JsonObject { ["amount"] = minutes, ["unit"] = "MINUTES" };
}
