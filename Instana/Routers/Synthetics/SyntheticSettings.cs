using Granary.Instana.Operations;
using Granary.Instana.Params;
using static Granary.Instana.Routers.Arguments;
using static Granary.Instana.Routers.Row;

namespace Granary.Instana.Routers.Synthetics;

/// <summary>Tests, the places they run in, and the catalogs.</summary>
internal static class SyntheticSettings
{
    private const string Root = "/api/synthetics/settings/";

    private static readonly InstanaParameter[] Listing =
    [
        Text("sort", "+label or -label"), Whole("offset", "From this one on", 0, 1_000_000), Whole("limit", "Most of them", 1, 200), Text("filter", "{label=x}", 1024),
    ];

    public static IEnumerable<InstanaOperationDefinition> Rows { get; } =
    [
        .. Of("catalog", null,
            List("get_synthetic_catalog_metrics", "/api/synthetics/catalog/metrics", "Metrics", Choice("view", "planner or full", ["planner", "full"]).Here()) with { ListName = "metrics" },
            Get("get_synthetic_tag_catalog", "/api/synthetics/catalog", "Tags", Choice("use_case", "What they are for", Enums.UseCases).Needed())),
        .. Of("settings", null,
            Get(
                "get_synthetic_test", Root + "tests/{id}", "One test",
                Id("test_id", "Test").As("id") with { NamedIn = "synthetic_tests", NamedBy = "test_name" }, Text("test_name", "Test by its name").Here()) with { Entity = "synthetic_test" },
            List(
                "get_synthetic_tests", Root + "tests", "Tests",
                [AppId, AppName, Id("location_id", "Location") with { Required = false }, Text("credential_name", "Credential"), .. Listing]) with
            {
                Entity = "synthetic_test",
            },
            List(
                "get_locations", Root + "locations", "Locations",
                [Choice("location_type", "Whose", ["Managed", "Private"]).Here(), Text("status", "e.g. Online").Here(), .. Listing]) with { Entity = "synthetic_location" },
            Get(
                "get_location_by_id", Root + "locations/{id}", "One location",
                Id("location_id", "Location").As("id") with { NamedIn = "synthetic_locations", NamedBy = "location_name" }, Text("location_name", "Location by its name").Here()) with
            {
                Entity = "synthetic_location",
            },
            List("get_all_datacenters", Root + "locations", "Managed locations", Text("status", "e.g. Online").Here())),
    ];
}
