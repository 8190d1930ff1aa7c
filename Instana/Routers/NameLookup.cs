using Granary.Instana.Handlers;
using Granary.Instana.Operations;
using static Granary.Instana.Routers.Arguments;
using static Granary.Instana.Routers.Row;

namespace Granary.Instana.Routers;

/// <summary>
/// Entries of a catalog that contain a text, for completion. It is a tool like the others, so that it reads through the connection's own cache
/// and budget, but no gateway publishes it.
/// </summary>
internal static class NameLookup
{
    public const string Name = "instana_names";

    public static InstanaToolDefinition Definition { get; } = new()
    {
        Name = Name,
        Title = "Names of a catalog",
        Category = "app",
        IsFlat = true,
        DefaultOperation = "find",
        Description = "Entries of a catalog that contain a text.",
        Operations =
        [
            Known(
                "find", "Entries of a catalog that contain a text",
                Choice("catalog", "Which", [.. CatalogSources.All.Keys]).Needed(), Text("value", "Part of a name, or the start of an id"),
                Part("payload", "{type}: the plugin, for what infrastructure has", Text("type", "Plugin id"))),
        ],
    };
}
