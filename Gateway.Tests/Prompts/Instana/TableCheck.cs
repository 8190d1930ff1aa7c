using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Instana;
using Granary.Instana.Params;

namespace Granary.Gateway.Tests.Prompts.Instana;

/// <summary>Holds a call that a prompt shows against the row of its operation: every parameter known, of its kind, and the required ones there.</summary>
internal static class TableCheck
{
    // Every operation with a period takes all of its forms.
    private static readonly string[] Period = ["time_frame", "time_range", "from_time", "to_time", "to", "window_size"];

    public static List<string> Problems(string tool, JsonObject arguments)
    {
        var (resource, operation) = ((string?)arguments["resource_type"], (string)arguments["operation"]!);
        var given = arguments["params"]?.AsObject() ?? [];
        var subtype = (string?)given["resource_subtype"];
        var rows = InstanaTools.Table.Single(known => known.Name == tool).Operations
            .Where(row => row.Name == operation && (row.ResourceType is null || row.ResourceType == resource)).ToList();
        var row = rows.FirstOrDefault(one => subtype is null || one.Subtype is null || one.Subtype == subtype);
        if (row is null)
            return [$"{tool} {resource} {operation} {subtype}: no such operation"];
        var problems = new List<string>();
        if (row.Period.Style != PeriodStyle.None)
            given = new JsonObject(given.Where(one => !Period.Contains(one.Key)).Select(one => KeyValuePair.Create(one.Key, one.Value?.DeepClone())));
        Members(given, row.Parameters, $"{tool} {operation}", problems, isClosed: true);
        return problems;
    }

    private static void Members(JsonObject given, IReadOnlyList<InstanaParameter> known, string at, List<string> problems, bool isClosed)
    {
        foreach (var (name, value) in given)
        {
            if (name == "resource_subtype")
                continue;
            var parameter = known.FirstOrDefault(one => Is(one, name));
            if (parameter is null && isClosed)
                problems.Add($"{at}: unknown {name}");
            else if (parameter is not null)
                Value(value, parameter, $"{at}.{name}", problems);
        }
        foreach (var needed in known.Where(one => one.Required && !given.Any(member => Is(one, member.Key) || Snake(member.Key) == one.NamedBy)))
            problems.Add($"{at}: {needed.Name} is missing");
    }

    private static void Value(JsonNode? value, InstanaParameter parameter, string at, List<string> problems)
    {
        var text = value?.ToString() ?? "";
        if (text.StartsWith('<'))
            return;
        var fits = parameter.Kind switch
        {
            ParameterKind.Integer => long.TryParse(text, CultureInfo.InvariantCulture, out var number) && !(number < parameter.Minimum)
                && !(number > parameter.Maximum),
            ParameterKind.Number => double.TryParse(text, CultureInfo.InvariantCulture, out _),
            ParameterKind.Flag => value?.GetValueKind() is JsonValueKind.True or JsonValueKind.False,
            ParameterKind.Choice => parameter.Choices.Contains(text, StringComparer.OrdinalIgnoreCase)
                || parameter.Synonyms.Keys.Contains(text, StringComparer.OrdinalIgnoreCase),
            ParameterKind.ChoiceList => value is JsonArray choices
                && choices.All(one => parameter.Choices.Contains(one!.ToString(), StringComparer.OrdinalIgnoreCase)),
            ParameterKind.IdList or ParameterKind.TextList => value is JsonArray list && list.All(one => one is JsonValue),
            ParameterKind.Text or ParameterKind.Id or ParameterKind.Range or ParameterKind.Moment => value is JsonValue && text.Length is > 0 and <= 2048,
            ParameterKind.ObjectList => value is JsonArray items && items.All(one => one is JsonObject) && items.Count <= parameter.MaxItems,
            ParameterKind.Object or ParameterKind.Group or ParameterKind.TagFilter or ParameterKind.Frame => value is JsonObject,
            _ => value is not null,
        };
        if (!fits)
            problems.Add($"{at}: {value?.ToJsonString()} is no {parameter.Kind}");
        else if (parameter.Kind is ParameterKind.Object && parameter.Fields.Count > 0)
            Members(value!.AsObject(), parameter.Fields, at, problems, parameter.Closed);
        else if (parameter.Kind == ParameterKind.ObjectList && parameter.Fields.Count > 0)
            value!.AsArray().ToList().ForEach(one => Members(one!.AsObject(), parameter.Fields, at, problems, parameter.Closed));
        else if (parameter.Kind == ParameterKind.TagFilter)
            Filter(value!.AsObject(), at, problems);
    }

    private static void Filter(JsonObject filter, string at, List<string> problems)
    {
        if ((string?)filter["type"] == "EXPRESSION")
        {
            if ((string?)filter["logicalOperator"] is not ("AND" or "OR") || filter["elements"] is not JsonArray elements)
                problems.Add($"{at}: not an expression");
            else
                elements.ToList().ForEach(one => Filter(one!.AsObject(), at, problems));
        }
        else if ((string?)filter["type"] != "TAG_FILTER" || filter["name"] is null || filter["operator"] is null || filter["entity"] is null
            || filter["value"] is null)
        {
            problems.Add($"{at}: not a tag filter: {filter.ToJsonString()}");
        }
    }

    // The events of today's table take their filters in a group.
    private static bool Is(InstanaParameter parameter, string name) =>
        parameter.Name == Snake(name) || parameter.Wire == name || parameter.Aliases.Contains(name) || parameter.Aliases.Contains(Snake(name))
            || (parameter.Kind == ParameterKind.Group && parameter.Name == name);

    private static string Snake(string name)
    {
        var text = new StringBuilder();
        foreach (var c in name)
            text.Append(char.IsAsciiLetterUpper(c) ? "_" + char.ToLowerInvariant(c) : c);
        return text.ToString();
    }
}
