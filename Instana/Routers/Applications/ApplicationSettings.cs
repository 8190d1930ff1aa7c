using Granary.Instana.Operations;
using Granary.Instana.Params;
using static Granary.Instana.Routers.Arguments;
using static Granary.Instana.Routers.Row;

namespace Granary.Instana.Routers.Applications;

/// <summary>Configurations of applications, endpoints, services and manual services: five operations each.</summary>
internal static class ApplicationSettings
{
    private const string Root = "/api/application-monitoring/settings/";

    private static readonly InstanaParameter Application = Payload(
        "The application; only label is needed to create one",
        Text("label", "Name", 128).Needed(),
        Choice(
            "scope", "Which calls belong to it",
            ["INCLUDE_ALL_DOWNSTREAM", "INCLUDE_IMMEDIATE_DOWNSTREAM_DATABASE_AND_MESSAGING", "INCLUDE_NO_DOWNSTREAM"]) with { DefaultJson = "\"INCLUDE_ALL_DOWNSTREAM\"" },
        Choice("boundary_scope", "Calls that are shown", ["ALL", "INBOUND", "DEFAULT"]) with { DefaultJson = "\"ALL\"" },
        new("access_rules", ParameterKind.Json, "Who may see it") { DefaultJson = """[{"accessType":"READ_WRITE","relationType":"GLOBAL"}]""" },
        SmartAlerts.Expression with { Required = false, DefaultJson = """{"type":"EXPRESSION","logicalOperator":"AND","elements":[]}""" }) with
    {
        Aliases = ["request_body"],
    };

    private static readonly InstanaParameter Endpoint = Payload(
        "The endpoint configuration",
        Text("service_id", "Service").Needed(),
        Choice("endpoint_case", "Case of names", ["ORIGINAL", "LOWER", "UPPER"]).Needed()) with { Aliases = ["request_body"] };

    private static readonly InstanaParameter Service = Payload(
        "The service rule",
        Text("name", "Name").Needed(),
        Text("label", "Label, with {tags}").Needed(),
        Flag("enabled", "In force").Needed(),
        new InstanaParameter("match_specification", ParameterKind.Json, "[{key, value}]").Needed()) with { Aliases = ["request_body"] };

    private static readonly InstanaParameter Manual = Payload(
        "The manual service",
        SmartAlerts.Expression,
        Flag("enabled", "In force") with { DefaultJson = "true" },
        Text("existing_service_id", "Link to this service"),
        Text("unmonitored_service_name", "Or name an unmonitored one"),
        Text("description", "Description", 2048)) with { Aliases = ["request_body"] };

    public static IEnumerable<InstanaOperationDefinition> Rows { get; } = Of("settings", "canConfigureApplications",
    [
        .. Subtype("application", Application, "applications"),
        .. Subtype("endpoint", Endpoint, null).Select(Mapping),
        .. Subtype("service", Service, null).Select(Mapping),
        .. Subtype("manual_service", Manual, null).Select(Mapping),
    ]);

    private static IEnumerable<InstanaOperationDefinition> Subtype(string subtype, InstanaParameter payload, string? catalog)
    {
        var path = Root + subtype.Replace('_', '-');
        var id = Id("id", "Its id") with { NamedIn = catalog, NamedBy = catalog is null ? null : "application_name" };
        InstanaParameter[] one = catalog is null ? [id] : [id, AppName];
        // The backend cannot read one manual service: it is found in the list.
        var get = subtype == "manual_service"
            ? List("get", path, "One configuration", Id("id", "Its id").Here())
            : Get("get", path + "/{id}", "One configuration", one);
        InstanaOperationDefinition[] rows =
        [
            List("get_all", path, "All configurations"),
            get,
            Post("create", path, "Create a configuration", payload),
            Replace("PUT", "update", path + "/{id}", "Replace a configuration", [.. one, payload]),
            Delete("delete", path + "/{id}", "Delete a configuration", one),
        ];
        return rows.Select(row => row with { Subtype = subtype, Entity = subtype == "application" ? "application" : null });
    }

    private static InstanaOperationDefinition Mapping(InstanaOperationDefinition row) =>
        row.ReadOnly ? row : row with { Permission = "canConfigureServiceMapping" };
}
