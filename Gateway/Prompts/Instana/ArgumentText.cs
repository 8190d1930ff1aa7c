using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Granary.Gateway.Prompts.Instana;

/// <summary>Reads an argument's text by its type.</summary>
internal static class ArgumentText
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>What models and forms write for an argument that they leave out.</summary>
    public static bool IsAbsent(string text) => text.Trim() is var word
        && (word.Length == 0 || string.Equals(word, "none", StringComparison.OrdinalIgnoreCase)
            || string.Equals(word, "null", StringComparison.OrdinalIgnoreCase)
            || string.Equals(word, "undefined", StringComparison.OrdinalIgnoreCase));

    /// <returns>The value; null when the text is not of the type.</returns>
    public static JsonNode? Parse(ArgumentType type, string text)
    {
        text = text.Trim();
        return type switch
        {
            ArgumentType.Integer => Integer(text),
            ArgumentType.Boolean => Boolean(text),
            ArgumentType.Time => Integer(text) ?? JsonValue.Create(text),
            ArgumentType.List => List(text),
            ArgumentType.Metrics => Metrics(text),
            ArgumentType.Object => Json(text) as JsonObject,
            _ => JsonValue.Create(text),
        };
    }

    /// <summary>What the type takes, to finish a sentence.</summary>
    public static string Describe(ArgumentType type) => type switch
    {
        ArgumentType.Integer => "a whole number, for example 50",
        ArgumentType.Boolean => "true or false",
        ArgumentType.List => "a JSON list such as [\"a\",\"b\"], or values separated by commas",
        ArgumentType.Metrics => "a JSON list such as [{\"metric\":\"calls\",\"aggregation\":\"SUM\"}], or text such as calls:SUM,latency:P90",
        ArgumentType.Object => "a JSON object such as {\"name\":\"value\"}",
        _ => "text",
    };

    private static JsonValue? Integer(string text) =>
        decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
        && decimal.Truncate(number) == number && number is >= long.MinValue and <= long.MaxValue
            ? JsonValue.Create((long)number)
            : null;

    private static JsonValue? Boolean(string text) => text.ToUpperInvariant() switch
    {
        "TRUE" or "YES" or "ON" or "1" => JsonValue.Create(true),
        "FALSE" or "NO" or "OFF" or "0" => JsonValue.Create(false),
        _ => null,
    };

    private static JsonArray? List(string text)
    {
        if (text.StartsWith('[') || text.StartsWith('{'))
            return Json(text) as JsonArray is { Count: > 0 } list && list.All(item => item is not null) ? list : null;
        string[] items = [.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
        return items.Length == 0 ? null : new JsonArray([.. items.Select(item => JsonValue.Create(item))]);
    }

    private static JsonArray? Metrics(string text)
    {
        if (List(text) is not { } list)
            return null;
        var metrics = new JsonArray();
        foreach (var item in list)
        {
            if (item is JsonObject given && given["metric"] is JsonValue)
                metrics.Add(WithAggregation(given.DeepClone().AsObject()));
            else if (item is JsonValue value && value.TryGetValue<string>(out var name) && name.Split(':') is { Length: <= 2 } parts && parts[0].Length > 0)
                metrics.Add(WithAggregation(parts.Length == 2
                    ? new JsonObject { ["metric"] = parts[0], ["aggregation"] = parts[1].ToUpperInvariant() }
                    : new JsonObject { ["metric"] = parts[0] }));
            else
                return null;
        }
        return metrics;
    }

    /// <summary>Counts are added up, everything else is averaged: that holds for every metric of the catalogs that has a choice.</summary>
    private static JsonObject WithAggregation(JsonObject metric)
    {
        if (!metric.ContainsKey("aggregation"))
        {
            var name = metric["metric"]!.ToString();
            metric["aggregation"] = name.EndsWith("calls", StringComparison.OrdinalIgnoreCase) || name.EndsWith("count", StringComparison.OrdinalIgnoreCase)
                ? "SUM" : "MEAN";
        }
        return metric;
    }

    private static JsonNode? Json(string text)
    {
        try
        {
            return JsonNode.Parse(text, documentOptions: Strict);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
