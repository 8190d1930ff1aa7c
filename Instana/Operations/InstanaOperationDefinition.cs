using Granary.Instana.Params;
namespace Granary.Instana.Operations;

/// <summary>One operation of a tool, as data.</summary>
/// <param name="Name">Its name, for example <c>get_events</c>.</param>
/// <param name="Summary">What it answers, in few words.</param>
/// <param name="Parameters">Its parameters, in the order in which they are documented.</param>
public sealed record InstanaOperationDefinition(string Name, string Summary, IReadOnlyList<InstanaParameter> Parameters)
{
    /// <summary>The resource type it belongs to, in tools that have them.</summary>
    public string? ResourceType { get; init; }

    /// <summary>Whether it changes nothing at the backend.</summary>
    public bool ReadOnly { get; init; } = true;
}
