using Granary.Instana.Operations;
using Granary.Instana.Params;
using static Granary.Instana.Routers.Arguments;
using static Granary.Instana.Routers.Row;

namespace Granary.Instana.Routers.Dashboards;

/// <summary><c>manage_custom_dashboards</c>.</summary>
internal static class DashboardsRouter
{
    private const string Path = "/api/custom-dashboard";

    private static readonly InstanaParameter DashboardId = Id("dashboard_id", "Dashboard").As("customDashboardId") with { Aliases = ["id"] };

    private static readonly InstanaParameter Dashboard = Payload(
        "{title, widgets, accessRules}",
        Text("title", "Title").Needed(),
        Many(
            "access_rules", "Who may see it",
            Choice("access_type", "Read or write", ["READ", "READ_WRITE"]).Needed(),
            Choice("relation_type", "Who", ["USER", "API_TOKEN", "ROLE", "TEAM", "GLOBAL"]).Needed(),
            Text("related_id", "Whose")) with
        {
            MaxItems = 64, DefaultJson = """[{"accessType":"READ_WRITE","relationType":"GLOBAL","relatedId":null}]""",
        },
        Many(
            "widgets", "Widgets",
            Text("id", "Id", 64).Needed(), Text("type", "Type").Needed(), new InstanaParameter("config", ParameterKind.Object, "Configuration").Needed(),
            Whole("x", "Column", 0, 11), Whole("y", "Row", 0, 100_000), Whole("width", "Columns", 1, 12), Whole("height", "Rows", 1, 100_000)) with
        {
            MaxItems = 128, DefaultJson = "[]",
        }) with { Name = "custom_dashboard", Aliases = ["payload"] };

    public static InstanaToolDefinition Definition { get; } = new()
    {
        Name = "manage_custom_dashboards",
        Title = "Instana custom dashboards",
        Category = "settings",
        Description = "Custom dashboards: list, read, create, replace, delete, and whom they can be shared with.",
        Operations =
        [
            List(
                "get_all", Path, "All dashboards", Text("query", "Part of the title"), Page, PageSize, Flag("with_total_hits", "With the number of all")) with { Entity = "dashboard" },
            Get("get", Path + "/{customDashboardId}", "One dashboard", DashboardId) with { Entity = "dashboard" },
            Post("create", Path, "Create a dashboard", Dashboard) with { Permission = "canCreatePublicCustomDashboards" },
            Replace("PUT", "update", Path + "/{customDashboardId}", "Replace a dashboard", DashboardId, Dashboard) with { Permission = "canEditAllAccessibleCustomDashboards" },
            Delete("delete", Path + "/{customDashboardId}", "Delete a dashboard", DashboardId) with { Permission = "canEditAllAccessibleCustomDashboards" },
            List("get_shareable_users", Path + "/shareable-users", "Users to share with"),
            List("get_shareable_api_tokens", Path + "/shareable-api-tokens", "Tokens to share with"),
        ],
    };
}
