using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Granary.Gateway.Prompts.Instana;

/// <summary>
/// What stands in braces: <c>{name}</c>, a sum <c>{to-windowSize}</c>, or alternatives <c>{name|other|literal}</c> of which the first that
/// has a value is taken. A literal is JSON or text.
/// </summary>
internal static partial class Placeholder
{
    /// <summary>The value of a text that is one placeholder and nothing else.</summary>
    /// <returns>False where the text is something else; the value is null where the placeholder has none.</returns>
    public static bool TryWhole(string text, PromptValues values, JsonNode? item, out JsonNode? value)
    {
        var match = Whole().Match(text);
        value = match.Success ? Resolve(match.Groups[1].Value, values, item) : null;
        return match.Success;
    }

    /// <summary>The text with every placeholder replaced; null if one of them has no value.</summary>
    public static string? Fill(string text, PromptValues values, JsonNode? item)
    {
        var missing = false;
        var filled = Inner().Replace(text, match =>
        {
            var value = Resolve(match.Groups[1].Value, values, item);
            missing |= value is null;
            return value is null ? "" : AsText(value);
        });
        return missing ? null : filled;
    }

    private static JsonNode? Resolve(string expression, PromptValues values, JsonNode? item)
    {
        var rest = expression;
        while (true)
        {
            var bar = rest.IndexOf('|', StringComparison.Ordinal);
            var first = bar < 0 ? rest : rest[..bar];
            if (!TryOne(first, values, item, out var value))
                return Literal(rest);
            if (value is not null || bar < 0)
                return value?.DeepClone();
            rest = rest[(bar + 1)..];
        }
    }

    /// <returns>False for a literal.</returns>
    private static bool TryOne(string name, PromptValues values, JsonNode? item, out JsonNode? value)
    {
        value = null;
        if (name == "item")
        {
            value = item;
            return true;
        }
        if (values.IsArgument(name))
        {
            value = values[name];
            return true;
        }
        if (Sum().Match(name) is not { Success: true } sum || !values.IsArgument(sum.Groups[1].Value))
            return false;
        var (left, right) = (Number(sum.Groups[1].Value, values), Number(sum.Groups[3].Value, values));
        if (left is { } a && right is { } b)
            value = JsonValue.Create(sum.Groups[2].Value == "+" ? a + b : a - b);
        return true;
    }

    private static long? Number(string text, PromptValues values)
    {
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var literal))
            return literal;
        return values[text] is JsonValue value && value.TryGetValue<long>(out var number)
            ? number
            : text.StartsWith("to", StringComparison.Ordinal) && values[text] is null ? values.Now : null;
    }

    private static JsonNode? Literal(string text)
    {
        if (text.Length > 0 && (text[0] is '[' or '{' || char.IsAsciiDigit(text[0])))
            return JsonNode.Parse(text);
        return text.Contains(':', StringComparison.Ordinal) ? ArgumentText.Parse(ArgumentType.Metrics, text) : JsonValue.Create(text);
    }

    private static string AsText(JsonNode value) => value switch
    {
        JsonValue text when text.GetValueKind() == JsonValueKind.String => text.GetValue<string>(),
        JsonArray list when list.All(item => item is JsonValue) => string.Join(", ", list.Select(item => AsText(item!))),
        _ => value.ToJsonString(PromptRenderer.Compact),
    };

    [GeneratedRegex(@"^\{((?:[A-Za-z_]+)(?:[+-]\w+)?(?:\|.*)?)\}$", RegexOptions.Singleline)]
    private static partial Regex Whole();

    [GeneratedRegex(@"\{([A-Za-z_]+(?:[+-]\w+)?(?:\|[^{}]*)?)\}")]
    private static partial Regex Inner();

    [GeneratedRegex(@"^([A-Za-z_]+)([+-])(\w+)$")]
    private static partial Regex Sum();
}
