using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Prompts.Instana;

/// <summary>A prompt made from its definition.</summary>
internal sealed class InstanaPrompt : IPrompt
{
    private readonly PromptDefinition _prompt;
    private readonly ArgumentDictionary _arguments;
    private readonly Func<string, bool> _isServed;
    private readonly TimeProvider _time;

    // Not public: plug-ins are found by their public constructors, and this one comes from InstanaPrompts.
    internal InstanaPrompt(PromptDefinition prompt, ArgumentDictionary arguments, Func<string, bool> isServed, TimeProvider time)
    {
        (_prompt, _arguments, _isServed, _time) = (prompt, arguments, isServed, time);
        Categories = [prompt.Category];
        Definition = new Prompt
        {
            Name = prompt.Name,
            Title = prompt.Title,
            Description = prompt.About + ".",
            Arguments = [.. prompt.Arguments.Select(Argument)],
        };
    }

    public Prompt Definition { get; }

    public IReadOnlyList<string> Categories { get; }

    public ValueTask<GetPromptResult> GetAsync(PromptCall call)
    {
        var values = PromptValues.Read(_prompt, call.Arguments, _arguments, _time.GetUtcNow().ToUnixTimeMilliseconds());
        return new(new GetPromptResult
        {
            Description = Definition.Description,
            Messages = [new PromptMessage { Role = Role.User, Content = new TextContentBlock { Text = PromptRenderer.Render(_prompt, values, _isServed) } }],
        });
    }

    public ValueTask<IReadOnlyList<string>> CompleteAsync(Invocation.CompletionCall call) => new(
        [.. (_prompt.Argument(call.Argument)?.Choices ?? []).Where(choice => choice.StartsWith(call.Value, StringComparison.OrdinalIgnoreCase))]);

    private static PromptArgument Argument(ArgumentRule rule) => new()
    {
        Name = rule.Name,
        Description = rule.About + (rule.Default is { } value
            ? $"; {(value is System.Text.Json.Nodes.JsonArray ? value.ToJsonString() : value.ToString())} where left out" : ""),
        Required = rule.IsRequired,
    };
}
