using Granary.Instana.Operations;
using static Granary.Instana.Routers.Arguments;
using static Granary.Instana.Routers.Row;

namespace Granary.Instana.Routers.Automation;

/// <summary><c>manage_automation</c>: actions that could help, and those that ran. Running one is left to people.</summary>
internal static class AutomationRouter
{
    private const string Actions = "/api/automation/actions";

    private const string Instances = "/api/automation/actioninstances";

    private static readonly string[] Keep = ["id", "name", "description", "type", "tags", "inputParameters"];

    public static InstanaToolDefinition Definition { get; } = new()
    {
        Name = "manage_automation",
        Title = "Instana automation actions",
        Category = "automation",
        Description = "Automation actions, which of them fit an event or entity, and the history of those that ran. Nothing is run here.",
        Operations =
        [
            .. Of("catalog", null,
                List("get_actions", Actions, "All actions") with { Keep = Keep },
                Get("get_action_details", Actions + "/{id}", "One action", Id("action_id", "Action").As("id")) with { Keep = Keep },
                Ask(
                    "get_action_matches", "/api/automation/ai/action/match", "Actions that fit a problem",
                    Payload("{name, description}", Text("name", "The problem", 1024).Needed(), Text("description", "More about it", 8192)),
                    Text("target_snapshot_id", "Snapshot it happens on").InQuery()) with { Result = ResultShape.List },
                List(
                    "get_action_matches_by_id_and_time_window", "/api/automation/ai/action/match", "Actions that fit an application or snapshot; give one of both",
                    AppId, AppName, Text("snapshot_id", "Snapshot")) with { Period = OptionalWindow },
                List("get_action_types", Actions, "Types of the actions there are"),
                List("get_action_tags", Actions, "Tags of the actions there are")),
            .. Of("history", null,
                Get(
                    "list", Instances, "Actions that ran",
                    Page, PageSize, Text("target_snapshot_id", "Snapshot"), Text("event_id", "Event"), Text("event_specification_id", "Event specification"),
                    Text("search", "Text"), Texts("types", "Types"), Texts("action_statuses", "Statuses"),
                    Text("order_by", "Field"), Choice("order_direction", "ASC or DESC", ["ASC", "DESC"])) with { Result = ResultShape.Pages, Period = OptionalWindow },
                Get("get_details", Instances + "/{actionInstanceId}", "One run", Id("action_instance_id", "Run")) with { Period = OptionalWindow }),
        ],
    };
}
