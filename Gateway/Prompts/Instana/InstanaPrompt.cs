using Granary.Gateway.Invocation;
using Granary.Gateway.Resources;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Prompts.Instana;

/// <summary>A prompt made from its definition.</summary>
internal sealed class InstanaPrompt : IPrompt
{
    private readonly PromptDefinition _prompt;
    private readonly ArgumentDictionary _arguments;
    private readonly Func<string, bool> _isServed;
    private readonly InstanaReader _reader;
    private readonly TimeProvider _time;

    // Not public: plug-ins are found by their public constructors, and this one comes from InstanaPrompts.
    internal InstanaPrompt(PromptDefinition prompt, ArgumentDictionary arguments, Func<string, bool> isServed, InstanaReader reader, TimeProvider time)
    {
        (_prompt, _arguments, _isServed, _reader, _time) = (prompt, arguments, isServed, reader, time);
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

    public string? Scope => Access.Scopes.InstanaRead;

    public ValueTask<GetPromptResult> GetAsync(PromptCall call)
    {
        var values = PromptValues.Read(_prompt, call.Arguments, _arguments, _time.GetUtcNow().ToUnixTimeMilliseconds());
        return new(new GetPromptResult
        {
            Description = Definition.Description,
            Messages = [new PromptMessage { Role = Role.User, Content = new TextContentBlock { Text = PromptRenderer.Render(_prompt, values, _isServed) } }],
        });
    }

    public ValueTask<IReadOnlyList<string>> CompleteAsync(CompletionCall call)
    {
        var rule = _prompt.Argument(call.Argument);
        if (rule?.Completes is { } catalog)
            return FromCatalogAsync(call, rule, catalog);
        return new([.. (rule?.Choices ?? []).Where(choice => choice.StartsWith(call.Value, StringComparison.OrdinalIgnoreCase))]);
    }

    /// <summary>In a list separated by commas the last item is the one that is typed; what stands before it stays.</summary>
    private async ValueTask<IReadOnlyList<string>> FromCatalogAsync(CompletionCall call, ArgumentRule rule, string catalog)
    {
        var isList = rule.Type is ArgumentType.List or ArgumentType.Metrics;
        var start = isList ? call.Value.LastIndexOf(',') + 1 : 0;
        if (isList && call.Value.StartsWith('['))
            return [];
        while (start < call.Value.Length && call.Value[start] == ' ')
            start++;
        var plugin = call.Context.GetValueOrDefault("type") ?? call.Context.GetValueOrDefault("plugin") ?? call.Context.GetValueOrDefault("plugin_id");
        var found = await _reader.FindAsync(call, catalog == "metrics" ? Metrics : catalog, call.Value[start..], plugin);
        return start == 0 ? found : [.. found.Select(value => call.Value[..start] + value)];
    }

    /// <summary>The catalog that this prompt's metrics are in.</summary>
    private string Metrics => _prompt.Category switch
    {
        "website" => "website_metrics.id",
        "mobile_app" => "mobile_metrics.id",
        "synthetic" => "synthetic_metrics.id",
        "infra" => "infra_metrics.id",
        _ => "application_metrics.id",
    };

    private static PromptArgument Argument(ArgumentRule rule) => new()
    {
        Name = rule.Name,
        Description = rule.About + (rule.Default is { } value
            ? $"; {(value is System.Text.Json.Nodes.JsonArray ? value.ToJsonString() : value.ToString())} where left out" : ""),
        Required = rule.IsRequired,
    };
}
