namespace Granary.Gateway.Prompts;

/// <summary>Brings prompts that are data rather than classes of their own; found by itself at start.</summary>
internal interface IPromptSource
{
    IEnumerable<IPrompt> Prompts { get; }
}
