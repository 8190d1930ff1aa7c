using System.Text.Json.Nodes;

namespace Granary.Gateway.Prompts.Instana;

/// <summary>One step of a prompt: something to do, and perhaps the tool call that does it.</summary>
internal sealed record PromptStep(string Text)
{
    /// <summary>Left out unless one of these arguments is given.</summary>
    public IReadOnlyList<string> If { get; init; } = [];

    /// <summary>Left out if one of these arguments is given.</summary>
    public IReadOnlyList<string> Unless { get; init; } = [];

    /// <summary>The call; null for a step without one.</summary>
    public PromptCallTemplate? Call { get; init; }
}

/// <summary>A tool call with placeholders for the prompt's arguments.</summary>
internal sealed record PromptCallTemplate(string Tool, string? ResourceType, string Operation, JsonObject Params);
