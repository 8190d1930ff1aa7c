namespace Granary.Instana.Operations;

/// <summary>A tool and its operations, as data: everything a gateway publishes, and nothing about how it is published.</summary>
public sealed record InstanaToolDefinition
{
    /// <summary>Its name, for example <c>manage_events</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Its name for people.</summary>
    public required string Title { get; init; }

    /// <summary>What it does and how it is called; at most 1 kB, because every session pays for it.</summary>
    public required string Description { get; init; }

    /// <summary>The description with the operations by resource type.</summary>
    public string FullDescription => field ??= string.Concat(
        [Description, .. ResourceTypes.Select(type => $"\n{type}: {string.Join(", ", Operations.Where(row => row.ResourceType == type).Select(row => row.Name).Distinct())}")]);

    /// <summary>True when parameters stand in the arguments themselves: a tool that asks one question.</summary>
    public bool IsFlat { get; init; }

    /// <summary>The category by which operators switch tools on, for example <c>events</c>.</summary>
    public required string Category { get; init; }

    /// <summary>Its operations, in the order in which they are documented.</summary>
    public required IReadOnlyList<InstanaOperationDefinition> Operations { get; init; }

    /// <summary>The resource type of a call that names none; null where it must.</summary>
    public string? DefaultResource { get; init; }

    /// <summary>The operation of a call that names none; null where it must.</summary>
    public string? DefaultOperation { get; init; }

    /// <summary>Other words for resource types.</summary>
    public IReadOnlyDictionary<string, string> ResourceAliases { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether no operation changes anything at the backend.</summary>
    public bool ReadOnly => Operations.All(operation => operation.ReadOnly);

    /// <summary>Whether an operation removes or overwrites what cannot be brought back.</summary>
    public bool Destructive => Operations.Any(operation => operation.Destructive);

    /// <summary>The resource types, in the order in which they are documented.</summary>
    public IReadOnlyList<string> ResourceTypes => field ??= [.. Operations.Select(operation => operation.ResourceType).OfType<string>().Distinct()];

    /// <summary>The JSON Schema of the tool's whole argument object: <c>operation</c>, <c>params</c> and, where it has them, <c>resource_type</c>.</summary>
    public string InputSchemaJson => field ??= ToolSchemas.Input(this);
}
