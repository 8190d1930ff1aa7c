using System.Text.Json.Nodes;

namespace Granary.Gateway.Prompts.Instana;

/// <summary>An argument of a prompt.</summary>
internal sealed record ArgumentRule(string Name, ArgumentType Type, bool IsRequired, string About)
{
    /// <summary>The value where the argument is left out; null for none.</summary>
    public JsonNode? Default { get; init; }

    /// <summary>Values to offer while the argument is typed.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>The catalog whose names are offered while the argument is typed, for example <c>applications</c>.</summary>
    public string? Completes { get; init; }
}
