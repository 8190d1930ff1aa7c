using System.Collections.Frozen;
using Granary.Instana.Client;
using Granary.Instana.Events;
using Granary.Instana.Operations;

namespace Granary.Instana;

/// <summary>The catalogue: every tool with its operations, and the way to carry one out. A domain adds one line here.</summary>
public static class InstanaTools
{
    private static readonly InstanaTool[] Tools = [EventsTool.Create()];

    private static readonly FrozenDictionary<string, InstanaTool> ByName = Tools.ToFrozenDictionary(tool => tool.Definition.Name);

    /// <summary>All tools, in the order in which they are documented.</summary>
    public static IReadOnlyList<InstanaToolDefinition> All { get; } = [.. Tools.Select(tool => tool.Definition)];

    /// <summary>The table of operations: what there is and what will be.</summary>
    public static IReadOnlyList<InstanaToolDefinition> Table => Routers.Table.Tools;

    /// <summary><c>manage_events</c>.</summary>
    public static InstanaToolDefinition Events => ByName["manage_events"].Definition;

    /// <summary>Whether there is such a tool.</summary>
    public static bool Contains(string tool) => ByName.ContainsKey(tool);

    /// <summary>Whether an operation changes nothing at the backend; one that is not known changes nothing either.</summary>
    public static bool IsReadOnly(string tool, string operation) =>
        !ByName.TryGetValue(tool, out var found) || found.Definition.Operations.All(known => known.ReadOnly || known.Name != operation);

    /// <summary>
    /// Carries out one operation. Wrong input and a backend's refusal are results with <see cref="OperationResult.IsError"/>;
    /// thrown is only the caller's own cancellation.
    /// </summary>
    /// <exception cref="ArgumentException">There is no such tool.</exception>
    public static Task<OperationResult> ExecuteAsync(OperationCall call, InstanaClient client, CancellationToken cancellation) =>
        ByName.TryGetValue(call.Tool, out var tool)
            ? tool.ExecuteAsync(call, client, cancellation)
            : throw new ArgumentException("There is no such tool.", nameof(call));
}
