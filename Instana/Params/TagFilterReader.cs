using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Spelling;

namespace Granary.Instana.Params;

/// <summary>Reads a tag filter expression: single filters, and AND or OR of them, nested. Says everything that is wrong, and keeps the nesting.</summary>
internal sealed class TagFilterReader(BoundParams bound, string entity)
{
    private static readonly string[] Operators =
    [
        "EQUALS", "NOT_EQUAL", "CONTAINS", "NOT_CONTAIN", "STARTS_WITH", "ENDS_WITH", "NOT_STARTS_WITH", "NOT_ENDS_WITH", "GREATER_THAN",
        "GREATER_OR_EQUAL_THAN", "LESS_THAN", "LESS_OR_EQUAL_THAN", "NOT_EMPTY", "IS_EMPTY", "NOT_BLANK", "IS_BLANK", "REGEX_MATCH",
    ];

    private static readonly string[] Unary = ["NOT_EMPTY", "IS_EMPTY", "NOT_BLANK", "IS_BLANK"];

    private static readonly string[] Entities = ["NOT_APPLICABLE", "DESTINATION", "SOURCE"];

    private static readonly string[] Values = ["value", "stringValue", "numberValue", "booleanValue", "key"];

    public JsonNode? Read(string path, JsonElement value)
    {
        // A flat list, as older endpoints took it: all of them hold.
        if (value.ValueKind == JsonValueKind.Array)
            return Expression(path, "AND", value);
        if (value.ValueKind != JsonValueKind.Object)
        {
            Fail(path, "must be a TAG_FILTER or an EXPRESSION.");
            return null;
        }
        var type = Text(value, "type")?.ToUpperInvariant();
        var elements = Find(value, "elements");
        if (type == "EXPRESSION" || (type is null && elements is not null))
            return Expression(path, Operator(path, value), elements ?? default);
        if (type is null or "TAG_FILTER")
            return Filter(path, value);
        Fail(path + ".type", "must be TAG_FILTER or EXPRESSION.", ["TAG_FILTER", "EXPRESSION"]);
        return null;
    }

    /// <summary>The filters of an expression that is one, or an AND of single ones; null where it nests or has an OR.</summary>
    public static JsonArray? Flatten(JsonNode expression)
    {
        if (expression["type"]?.GetValue<string>() == "TAG_FILTER")
            return [Plain(expression)];
        if (expression["elements"] is not JsonArray elements || (elements.Count > 1 && expression["logicalOperator"]?.GetValue<string>() != "AND"))
            return null;
        var flat = new JsonArray();
        foreach (var element in elements)
        {
            if (element is null || Flatten(element) is not { } inner)
                return null;
            foreach (var one in inner)
                flat.Add(one?.DeepClone());
        }
        return flat;
    }

    private static JsonObject Plain(JsonNode filter)
    {
        var plain = filter.DeepClone().AsObject();
        plain.Remove("type");
        return plain;
    }

    private string Operator(string path, JsonElement value)
    {
        var given = Text(value, "logicalOperator")?.ToUpperInvariant() ?? "AND";
        if (given is not ("AND" or "OR"))
            Fail(path + ".logicalOperator", "must be AND or OR.", ["AND", "OR"]);
        return given;
    }

    private JsonObject Expression(string path, string logic, JsonElement elements)
    {
        var list = new JsonArray();
        if (elements.ValueKind == JsonValueKind.Array)
        {
            var index = 0;
            foreach (var element in elements.EnumerateArray())
            {
                if (Read($"{path}.elements[{index++}]", element) is { } node)
                    list.Add(node);
            }
        }
        else if (elements.ValueKind != JsonValueKind.Undefined)
        {
            Fail(path + ".elements", "must be a list of filters.");
        }
        return new JsonObject { ["type"] = "EXPRESSION", ["logicalOperator"] = logic, ["elements"] = list };
    }

    private JsonObject Filter(string path, JsonElement value)
    {
        var filter = new JsonObject { ["type"] = "TAG_FILTER" };
        if (Text(value, "name") is { Length: > 0 and <= 256 } name)
            filter["name"] = name;
        else
            Fail(path + ".name", "is required: a tag of the catalog, for example service.name.");
        var given = Text(value, "operator");
        var known = given is null ? null : Spelt(given);
        if (known is null)
            Fail(path + ".operator", given is null ? "is required." : $"has no value '{NearestName.Shorten(given)}'.{Near(given, Operators)}", Operators);
        else
            filter["operator"] = known;
        filter["entity"] = Entity(path, value);
        var hasValue = false;
        foreach (var member in Values)
        {
            if (Find(value, member) is not { } found || found.ValueKind == JsonValueKind.Null)
                continue;
            filter[member] = JsonNode.Parse(found.GetRawText());
            hasValue |= member != "key";
        }
        if (!hasValue && known is not null && !Unary.Contains(known))
            Fail(path + ".value", $"is required for {known}.");
        foreach (var property in value.EnumerateObject())
        {
            if (property.Name is not ("type" or "name" or "operator" or "entity") && !Values.Contains(property.Name) && !filter.ContainsKey(property.Name))
                filter[property.Name] = JsonNode.Parse(property.Value.GetRawText());
        }
        return filter;
    }

    private string Entity(string path, JsonElement value)
    {
        var given = Text(value, "entity");
        if (given is null || Absent.IsWord(given))
        {
            bound.Warn($"{path}.entity was not given: {entity} is used.");
            return entity;
        }
        if (Entities.FirstOrDefault(known => Names.Same(known, given)) is { } found)
            return found;
        Fail(path + ".entity", $"has no value '{NearestName.Shorten(given)}'.{Near(given, Entities)}", Entities);
        return entity;
    }

    private static string? Spelt(string text) => text.Trim().ToUpperInvariant() switch
    {
        "=" or "==" or "EQUAL" or "EQ" or "IS" => "EQUALS",
        "!=" or "<>" or "NOT_EQUALS" or "NE" or "NEQ" or "IS_NOT" => "NOT_EQUAL",
        ">" or "GT" => "GREATER_THAN",
        ">=" or "GTE" or "GREATER_THAN_OR_EQUAL" or "GREATER_OR_EQUAL" => "GREATER_OR_EQUAL_THAN",
        "<" or "LT" => "LESS_THAN",
        "<=" or "LTE" or "LESS_THAN_OR_EQUAL" or "LESS_OR_EQUAL" => "LESS_OR_EQUAL_THAN",
        "NOT_CONTAINS" => "NOT_CONTAIN",
        "~" or "=~" or "REGEX" or "MATCHES" => "REGEX_MATCH",
        _ => Operators.FirstOrDefault(known => Names.Same(known, text)),
    };

    private static string Near(string text, IEnumerable<string> known) => NearestName.Of(text, known) is { } nearest ? $" Did you mean '{nearest}'?" : "";

    private static JsonElement? Find(JsonElement value, string name)
    {
        foreach (var property in value.EnumerateObject())
        {
            if (property.Name == name || Names.Same(property.Name, name))
                return property.Value;
        }
        return null;
    }

    private static string? Text(JsonElement value, string name) => Find(value, name) is { ValueKind: JsonValueKind.String } found ? found.GetString() : null;

    private void Fail(string path, string problem, IReadOnlyList<string>? valid = null) =>
        bound.Add(new InputProblem(NearestName.Shorten(path), $"{NearestName.Shorten(path)} {problem}")
        {
            ValidValues = valid ?? [],
            Example = """{"type":"TAG_FILTER","name":"service.name","operator":"EQUALS","entity":"DESTINATION","value":"cart"}""",
        });
}
