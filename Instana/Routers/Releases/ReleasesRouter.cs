using Granary.Instana.Operations;
using Granary.Instana.Params;
using static Granary.Instana.Routers.Arguments;
using static Granary.Instana.Routers.Row;

namespace Granary.Instana.Routers.Releases;

/// <summary><c>manage_releases</c>.</summary>
internal static class ReleasesRouter
{
    private const string Path = "/api/releases";

    private static readonly InstanaParameter ReleaseId = Id("release_id", "Release") with { Aliases = ["id"] };

    private static readonly InstanaParameter[] Release =
    [
        Text("name", "Name").Needed(),
        Moment("start", "When it started").Needed(),
        Many("applications", "[{name}]", Text("name", "Application").Needed()),
        Many("services", "[{name, scopedTo}]", Text("name", "Service").Needed(), new("scoped_to", ParameterKind.Json, "{applications: [{name}]}")),
    ];

    public static InstanaToolDefinition Definition { get; } = new()
    {
        Name = "manage_releases",
        Title = "Instana releases",
        Category = "releases",
        Description = "Releases: list those of a period, read, create, replace and delete.",
        Operations =
        [
            .. new[]
            {
                List("get_all_releases", Path, "Releases of a period", NameFilter.Here(), Page.Here(), PageSize.Here(), Whole("max_results", "Most releases", 1, 10_000)) with
                {
                    Period = OptionalFromTo, Entity = "release", ListName = "releases",
                },
                Get("get_release", Path + "/{releaseId}", "One release", ReleaseId) with { Entity = "release" },
                Post("create_release", Path, "Create a release", Release),
                Replace("PUT", "update_release", Path + "/{releaseId}", "Replace a release", [ReleaseId, .. Release]),
                Delete("delete_release", Path + "/{releaseId}", "Delete a release", ReleaseId),
            }.Select(row => row.ReadOnly ? row : row with { Permission = "canConfigureReleases" }),
        ],
    };
}
