using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Gateway.Protocol.Messages;

namespace Granary.Gateway.Prompts.Instana;

/// <summary>The arguments of one <c>prompts/get</c>, read by their types, with defaults in place of those left out.</summary>
internal sealed class PromptValues
{
    private readonly Dictionary<string, JsonNode> _values = new(StringComparer.Ordinal);
    private readonly ArgumentDictionary _dictionary;

    private PromptValues(ArgumentDictionary dictionary, long now)
    {
        _dictionary = dictionary;
        Now = now;
    }

    /// <summary>Epoch milliseconds: the end of a period whose end is left out.</summary>
    public long Now { get; }

    /// <exception cref="RpcException">An argument is unknown, missing or of the wrong type; the message names it and what it takes.</exception>
    public static PromptValues Read(PromptDefinition prompt, IReadOnlyDictionary<string, JsonElement> given, ArgumentDictionary dictionary, long now)
    {
        foreach (var name in given.Keys)
        {
            if (prompt.Argument(name) is null)
                throw RpcException.InvalidParams($"The prompt '{prompt.Name}' has no argument '{name}'. {Takes(prompt)}");
        }
        var values = new PromptValues(dictionary, now);
        foreach (var rule in prompt.Arguments)
        {
            if (Text(given, rule.Name) is { } text)
                values._values[rule.Name] = ArgumentText.Parse(rule.Type, text) ?? throw Wrong(rule, text);
            else if (rule.IsRequired)
                throw RpcException.InvalidParams($"The prompt '{prompt.Name}' needs the argument '{rule.Name}': {rule.About}.");
            else if (rule.Default is { } absent)
                values._values[rule.Name] = absent;
        }
        return values;
    }

    /// <summary>The value of an argument, or null.</summary>
    public JsonNode? this[string name] => _values.GetValueOrDefault(name);

    /// <summary>Whether an argument is given, and not as false.</summary>
    public bool Holds(string name) => this[name] is { } value && value.GetValueKind() != JsonValueKind.False;

    /// <summary>Whether the name is an argument's, of this prompt or another.</summary>
    public bool IsArgument(string name) => _dictionary.Knows(name);

    private static string? Text(IReadOnlyDictionary<string, JsonElement> given, string name)
    {
        if (!given.TryGetValue(name, out var value) || value.ValueKind == JsonValueKind.Null)
            return null;
        var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
        return ArgumentText.IsAbsent(text) ? null : text;
    }

    private static RpcException Wrong(ArgumentRule rule, string text) => RpcException.InvalidParams(
        $"'{rule.Name}' is {ArgumentText.Describe(rule.Type)}; it is '{(text.Length <= 64 ? text : text[..64] + "…")}'.");

    private static string Takes(PromptDefinition prompt) => prompt.Arguments.Count == 0
        ? "It takes none."
        : $"It takes {string.Join(", ", prompt.Arguments.Select(argument => argument.Name))}.";
}
