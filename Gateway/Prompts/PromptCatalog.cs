using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using Granary.Gateway.Access;
using Granary.Gateway.Configuration;
using Granary.Spelling;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Prompts;

/// <summary>The prompts that are on, in the order of their names.</summary>
internal sealed class PromptCatalog
{
    private readonly FrozenDictionary<string, IPrompt> _byName;

    public PromptCatalog(IEnumerable<IPrompt> prompts, IEnumerable<IPromptSource> sources, GatewayOptions options)
    {
        var selected = prompts.Concat(sources.SelectMany(source => source.Prompts))
            .Where(p => options.Selects(p.Categories))
            .OrderBy(p => p.Definition.Name, StringComparer.Ordinal)
            .ToList();
        if (selected.GroupBy(p => p.Definition.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new InvalidOperationException($"Two prompts are named '{twice.Key}'.");
        Definitions = [.. selected.Select(p => p.Definition)];
        _byName = selected.ToFrozenDictionary(p => p.Definition.Name, StringComparer.Ordinal);
    }

    public IReadOnlyList<Prompt> Definitions { get; }

    /// <summary>What a prompt takes; null for nothing.</summary>
    public CallTarget? TargetOf(Prompt prompt) => _byName[prompt.Name].Scope is { } scope ? CallTarget.Of(scope) : null;

    /// <summary>The sentence about a prompt that is not there.</summary>
    public string Unknown(string name) => $"Unknown prompt: {NearestName.Shorten(name)}{NearestName.Hint(name, _byName.Keys)}";

    public bool TryGet(string name, [NotNullWhen(true)] out IPrompt? prompt) => _byName.TryGetValue(name, out prompt);
}
