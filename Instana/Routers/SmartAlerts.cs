using Granary.Instana.Operations;
using Granary.Instana.Params;
using static Granary.Instana.Routers.Arguments;
using static Granary.Instana.Routers.Row;

namespace Granary.Instana.Routers;

/// <summary>The operations that all smart alerts share; their families differ in path, in how a list is asked for and in the payload.</summary>
internal static class SmartAlerts
{
    private static readonly InstanaParameter AlertId = Id("id", "Alert");

    private static readonly InstanaParameter Several = Ids("alert_ids", "Alerts to switch") with { Required = true, Place = ParameterPlace.WholeBody };

    public static readonly InstanaParameter[] Common =
    [
        Text("name", "Name").Needed(),
        Text("description", "Description", 65_536).Needed(),
        Choice("severity", "5 warning, 10 critical", ["5", "10"]),
        new("alert_channel_ids", ParameterKind.IdList, "Channels to notify") { DefaultJson = "[]" },
        new("custom_payload_fields", ParameterKind.Json, "Fields added to notifications") { DefaultJson = "[]" },
    ];

    public static readonly InstanaParameter Granularity = Choice("granularity", "Evaluation window, ms", Enums.Granularities).Needed();

    public static readonly InstanaParameter TimeThreshold = Part("time_threshold", "When it is violated").Needed();

    public static readonly InstanaParameter Expression = new("tag_filter_expression", ParameterKind.TagFilter, "What it watches") { Required = true };

    public static InstanaOperationDefinition Active(string path, params InstanaParameter[] parameters) =>
        List("find_active", path, "Active alerts", [.. parameters, AlertIds]) with { Entity = "alert", ListName = "configs" };

    public static IEnumerable<InstanaOperationDefinition> Of(string path, InstanaParameter payload) =>
    [
        List("find_versions", $"{path}/{{id}}/versions", "All versions of an alert", AlertId) with { ListName = "versions" },
        Get("find", $"{path}/{{id}}", "One alert", AlertId, ValidOn),
        Post("create", path, "Create an alert", payload),
        Replace("POST", "update", $"{path}/{{id}}", "Replace an alert", AlertId, payload),
        Delete("delete", $"{path}/{{id}}", "Delete an alert", AlertId),
        Switch("enable", $"{path}/{{id}}/enable", "Enable an alert"),
        Switch("disable", $"{path}/{{id}}/disable", "Disable an alert"),
        Put("restore", $"{path}/{{id}}/restore/{{created}}", "Restore a version of an alert", AlertId, Created) with { Result = ResultShape.Nothing },
    ];

    /// <summary>Switches several alerts at once. The backend has these since 1.316.</summary>
    public static IEnumerable<InstanaOperationDefinition> Bulk(string path) =>
    [
        Put("bulk_enable", $"{path}/bulk/enable", "Enable several alerts", Several) with { Result = ResultShape.Nothing },
        Put("bulk_disable", $"{path}/bulk/disable", "Disable several alerts", Several) with { Result = ResultShape.Nothing },
    ];

    private static InstanaOperationDefinition Switch(string name, string path, string summary) =>
        Put(name, path, summary, AlertId) with { Result = ResultShape.Nothing };
}
