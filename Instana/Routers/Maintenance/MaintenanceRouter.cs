using Granary.Instana.Operations;
using Granary.Instana.Params;
using static Granary.Instana.Routers.Arguments;
using static Granary.Instana.Routers.Row;

namespace Granary.Instana.Routers.Maintenance;

/// <summary><c>manage_maintenance_windows</c>.</summary>
internal static class MaintenanceRouter
{
    private const string Path = "/api/settings/v2/maintenance";

    private const string One = Path + "/{id}";

    private static readonly InstanaParameter Code = Text("imap_code", "Value of the tag imap that selects what is silenced").Here() with { Aliases = ["application_id"] };

    private static readonly InstanaParameter Codes = Texts("imap_codes", "Several such values").Here() with { Aliases = ["application_ids"] };

    private static readonly InstanaParameter WindowId = Id("window_id", "Window").As("id") with { Aliases = ["id"] };

    private static readonly InstanaParameter[] Schedule =
    [
        Moment("start_time", "Start; default now").Here(), Moment("end_time", "End, instead of a duration").Here(),
        Whole("duration_minutes", "Duration", 1, 525_600).Here(), Whole("duration_hours", "Duration", 1, 8760).Here(), Whole("duration_days", "Duration", 1, 365).Here(),
        Text("reason", "Why; part of the name").Here(),
        Choice("template", "A usual duration", ["deployment", "database_migration", "infrastructure_upgrade", "emergency", "routine"]).Here(),
        Text("name", "Name; default from code, reason and day").Here(),
        Text("query", "Dynamic Focus query, instead of a code", 2048).Here(),
        TagFilter.Here() with { Description = "Tag filter of synthetic tests, instead of a code" },
        Flag("use_tag_filter_expression", "Select synthetic tests by the code").Here(), Text("tag_name", "Tag for that; default synthetic.tags").Here(),
        Text("rrule", "RFC 5545 rule of a recurrent window", 512).Here(), Moment("until_date", "Last day of a recurrent window").Here(),
        Text("timezone", "Zone of a recurrent window; default UTC").Here(), Flag("paused", "Created paused").Here(),
        Text("change_request_id", "Noted in the name").Here(),
    ];

    public static InstanaToolDefinition Definition { get; } = new()
    {
        Name = "manage_maintenance_windows",
        Title = "Instana maintenance windows",
        Category = "maintenance",
        Description = "Maintenance windows, in which no alerts are sent: list, create, change and close.",
        DefaultResource = "window",
        DefaultOperation = "list_scheduled",
        ResourceAliases = new Dictionary<string, string>
        {
            ["maintenance"] = "window", ["maintenance_window"] = "window", ["windows"] = "window", ["maintenance_windows"] = "window", ["template"] = "templates",
        },
        Operations =
        [
            .. Of("window", "canConfigureMaintenanceWindows",
                Put("create", One, "Create a window", [Code, .. Schedule]) with { Example = """{"imap_code":"EAL-012471","start_time":"2026-12-01T22:00:00Z","duration_minutes":90,"reason":"deployment"}""" },
                Replace("PUT", "modify", One, "Change a window; what is not named stays", [WindowId, Code, .. Schedule]) with { Aliases = ["update"] },
                Delete("close", One, "End a window: an active one ends now, any other is deleted", WindowId, Text("completion_notes", "Noted in the answer", 2048).Here()) with { Aliases = ["delete"] },
                Windows("list_active", "Windows in force"),
                Windows("list_scheduled", "Windows to come"),
                Windows("list_all", "All windows with counts"),
                Windows("list_expired", "Windows that are over"),
                Put("bulk_create", One, "One window for each code", [Codes.Needed(), .. Schedule]) with
                {
                    Example = """{"imap_codes":["EAL-012471","EAL-012472"],"start_time":"2026-12-01T22:00:00Z","duration_minutes":90}""",
                },
                List("validate", Path, "Whether a window would be right, and which it meets", [Code, Codes, .. Schedule]) with
                {
                    Example = """{"imap_code":"EAL-012471","start_time":"2026-12-01T22:00:00Z","duration_minutes":90}""",
                }),
            .. Of("templates", null, Known("get", "Usual durations")),
        ],
    };

    private static InstanaOperationDefinition Windows(string name, string summary) =>
        List(name, Path, summary, Code, Page.Here(), PageSize.Here()) with { Entity = "maintenance" };
}
