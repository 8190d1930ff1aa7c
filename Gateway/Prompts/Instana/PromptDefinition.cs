namespace Granary.Gateway.Prompts.Instana;

/// <summary>A prompt as data.</summary>
internal sealed record PromptDefinition(string Name, string Title, string About, string Category)
{
    /// <summary>What is asked for, in one sentence or two.</summary>
    public required string Ask { get; init; }

    public IReadOnlyList<ArgumentRule> Arguments { get; init; } = [];

    public required IReadOnlyList<PromptStep> Steps { get; init; }

    public ArgumentRule? Argument(string name) => Arguments.FirstOrDefault(argument => argument.Name == name);
}
