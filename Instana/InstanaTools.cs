using System.Collections.Frozen;
using System.Text.Json;
using Granary.Instana.Client;
using Granary.Instana.Handlers;
using Granary.Instana.Operations;

namespace Granary.Instana;

/// <summary>The catalogue: every tool with its operations, and the way to carry one out.</summary>
public static class InstanaTools
{
    private static readonly OperationChecks Checks = new(CatalogSources.All);

    /// <summary>The tool that finds names in catalogs for completion; it is called and never published.</summary>
    public const string Lookup = Routers.NameLookup.Name;

    /// <summary>The JSON Schema of what every tool answers.</summary>
    public const string OutputSchemaJson = ToolSchemas.Output;

    private static readonly InstanaTool[] Tools = [.. OperationTable.Tools.Concat(Routers.InsightTools.Tools).Append(Routers.NameLookup.Definition).Select(definition => new InstanaTool(definition, Handlers(definition), Checks))];

    private static readonly FrozenDictionary<string, InstanaTool> ByName = Tools.ToFrozenDictionary(tool => tool.Definition.Name);

    /// <summary>The table of operations: all tools, in the order in which they are documented.</summary>
    public static IReadOnlyList<InstanaToolDefinition> Table => OperationTable.Tools;

    /// <summary>All tools: those of the table, and those that ask a question.</summary>
    public static IReadOnlyList<InstanaToolDefinition> All { get; } = [.. OperationTable.Tools.Concat(Routers.InsightTools.Tools)];

    /// <summary>A tool by its name.</summary>
    public static InstanaToolDefinition Get(string tool) => ByName[tool].Definition;

    /// <summary><c>manage_events</c>.</summary>
    public static InstanaToolDefinition Events => Get("manage_events");

    /// <summary>Whether there is such a tool.</summary>
    public static bool Contains(string tool) => ByName.ContainsKey(tool);

    /// <summary>Reads a tool's whole arguments; null with a refusal where they contradict themselves.</summary>
    public static InstanaCall? Read(string tool, JsonElement arguments, out InstanaResult? refusal) => CallArguments.Read(tool, arguments, out refusal);

    /// <summary>The row that a call means; null where it means none.</summary>
    public static InstanaOperationDefinition? Find(InstanaCall call) => ByName.TryGetValue(call.Tool, out var tool) ? tool.Find(call) : null;

    /// <summary>Whether a call changes nothing at the backend; one that is not known changes nothing either.</summary>
    public static bool IsReadOnly(InstanaCall call) => Find(call)?.ReadOnly ?? true;

    /// <summary>
    /// Carries out one operation. Wrong input and a backend's refusal are results with <see cref="InstanaResult.IsError"/>;
    /// thrown is only the caller's own cancellation.
    /// </summary>
    /// <exception cref="ArgumentException">There is no such tool.</exception>
    public static Task<InstanaResult> ExecuteAsync(InstanaCall call, InstanaClient client, CancellationToken cancellation) =>
        ByName.TryGetValue(call.Tool, out var tool)
            ? tool.ExecuteAsync(call, client, cancellation)
            : throw new ArgumentException("There is no such tool.", nameof(call));

    private static Func<InstanaOperationDefinition, OperationHandler?> Handlers(InstanaToolDefinition definition)
    {
        var handlers = new Dictionary<object, OperationHandler>(ReferenceEqualityComparer.Instance);
        foreach (var row in definition.Operations)
        {
            if (HandlerTable.Find(definition.Name, row) is { } handler)
                handlers[row] = handler;
        }
        return row => handlers.GetValueOrDefault(row);
    }
}
