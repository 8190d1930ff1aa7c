using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Granary.Simulator.Api;

namespace Granary.Simulator.Query;

/// <summary>What a thing is tagged with: the values of a tag, none where it has none, null where the tag does not exist.</summary>
internal delegate IReadOnlyList<string>? TagReader(string name, string? key, bool isSource);

/// <summary>A tag filter expression, in both spellings and with the deprecated flat list beside it.</summary>
internal sealed class TagFilter(JsonObject body)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    private readonly JsonNode? _expression = body["tagFilterExpression"] ?? body["TagFilterExpression"];

    /// <exception cref="BadQueryException">The expression names a tag or an operator that does not exist.</exception>
    public bool Matches(TagReader tags) =>
        (_expression is null || Holds(_expression, tags)) && body.Items("tagFilters").All(filter => Holds(filter, tags));

    private static bool Holds(JsonNode expression, TagReader tags)
    {
        if (expression.Text("type") == "EXPRESSION" || (expression as JsonObject)?.ContainsKey("elements") == true)
        {
            // Every element is looked at, so that a wrong tag is found whatever the others say.
            var held = expression.Items("elements").Select(element => Holds(element, tags)).ToList();
            return expression.Text("logicalOperator") == "OR" ? held.Count == 0 || held.Contains(true) : !held.Contains(false);
        }
        var name = expression.Text("name") ?? throw new BadQueryException("Tag filter without name");
        var wanted = Wanted(expression);
        var found = tags(name, expression.Text("key"), expression.Text("entity") == "SOURCE") ?? throw new BadQueryException($"Unknown tag filter: {name}");
        return Compare(expression.Text("operator") ?? "EQUALS", found, wanted);
    }

    private static string Wanted(JsonNode filter)
    {
        foreach (var member in (string[])["value", "stringValue", "numberValue", "booleanValue"])
        {
            if ((filter as JsonObject)?[member] is { } value)
                return value.GetValueKind() is System.Text.Json.JsonValueKind.True or System.Text.Json.JsonValueKind.False ? value.ToJsonString()
                    : value.ToString();
        }
        return "";
    }

    private static bool Compare(string op, IReadOnlyList<string> found, string wanted) => op switch
    {
        "EQUALS" => found.Any(value => value.Equals(wanted, StringComparison.Ordinal)),
        "NOT_EQUAL" => !found.Any(value => value.Equals(wanted, StringComparison.Ordinal)),
        "CONTAINS" => found.Any(value => value.Contains(wanted, StringComparison.OrdinalIgnoreCase)),
        "NOT_CONTAIN" => !found.Any(value => value.Contains(wanted, StringComparison.OrdinalIgnoreCase)),
        "STARTS_WITH" => found.Any(value => value.StartsWith(wanted, StringComparison.OrdinalIgnoreCase)),
        "NOT_STARTS_WITH" => !found.Any(value => value.StartsWith(wanted, StringComparison.OrdinalIgnoreCase)),
        "ENDS_WITH" => found.Any(value => value.EndsWith(wanted, StringComparison.OrdinalIgnoreCase)),
        "NOT_ENDS_WITH" => !found.Any(value => value.EndsWith(wanted, StringComparison.OrdinalIgnoreCase)),
        "NOT_EMPTY" or "NOT_BLANK" => found.Any(value => value.Length > 0),
        "IS_EMPTY" or "IS_BLANK" => !found.Any(value => value.Length > 0),
        "GREATER_THAN" => Numbers(found, wanted, (a, b) => a > b),
        "GREATER_OR_EQUAL_THAN" => Numbers(found, wanted, (a, b) => a >= b),
        "LESS_THAN" => Numbers(found, wanted, (a, b) => a < b),
        "LESS_OR_EQUAL_THAN" => Numbers(found, wanted, (a, b) => a <= b),
        "REGEX_MATCH" => found.Any(value => Regex(value, wanted)),
        _ => throw new BadQueryException($"Unknown operator: {op}"),
    };

    private static bool Numbers(IReadOnlyList<string> found, string wanted, Func<double, double, bool> compare) =>
        double.TryParse(wanted, CultureInfo.InvariantCulture, out var limit)
            ? found.Any(value => double.TryParse(value, CultureInfo.InvariantCulture, out var number) && compare(number, limit))
            : throw new BadQueryException($"Not a number: {wanted}");

    private static bool Regex(string value, string pattern)
    {
        try
        {
            return System.Text.RegularExpressions.Regex.IsMatch(value, pattern, RegexOptions.None, Longest);
        }
        catch (Exception e) when (e is ArgumentException or RegexMatchTimeoutException)
        {
            throw new BadQueryException($"Invalid regular expression: {pattern}");
        }
    }
}
