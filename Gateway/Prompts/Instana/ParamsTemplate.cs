using System.Text.Json.Nodes;

namespace Granary.Gateway.Prompts.Instana;

/// <summary>
/// Fills a call's params. What depends on an argument that is left out is left out with it, up to the object that has nothing else.
/// In an object, <c>"...": "{name}"</c> takes over an argument's members, <c>$if</c> and <c>$unless</c> say when it is there,
/// <c>value</c> beside them is what stands there, and <c>$each</c> with <c>as</c> makes a list.
/// </summary>
internal sealed class ParamsTemplate(PromptValues values)
{
    public JsonObject Fill(JsonObject template) => Object(template, null) as JsonObject ?? [];

    private JsonNode? Any(JsonNode? template, JsonNode? item) => template switch
    {
        JsonObject inner => inner.ContainsKey("$each") ? Each(inner) : Object(inner, item),
        JsonArray list => List(list, item),
        JsonValue text when text.TryGetValue<string>(out var form) => Placeholder.TryWhole(form, values, item, out var value)
            ? value
            : Placeholder.Fill(form, values, item) is { } filled ? JsonValue.Create(filled) : null,
        // A null that a definition writes is meant.
        _ => template?.DeepClone(),
    };

    private JsonNode? Object(JsonObject template, JsonNode? item)
    {
        if (Names(template, "$if") is { } wanted && !wanted.Any(values.Holds))
            return null;
        if (Names(template, "$unless") is { } unwanted && unwanted.Any(values.Holds))
            return null;
        var conditional = template.ContainsKey("$if") || template.ContainsKey("$unless");
        if (conditional && template.ContainsKey("value") && !template.ContainsKey("type"))
            return Any(template["value"], item);
        var filled = new JsonObject();
        foreach (var (name, form) in template)
        {
            if (name is "$if" or "$unless")
                continue;
            if (name == "...")
                Spread(filled, Any(form, item));
            else if (form is null)
                filled[name] = null;
            else if (Any(form, item) is { } value)
                filled[name] = value;
        }
        return filled.Count > 0 || template.Count == 0 ? filled : null;
    }

    private JsonArray? List(JsonArray template, JsonNode? item)
    {
        JsonNode[] filled = [.. template.Select(form => Any(form, item)).OfType<JsonNode>()];
        return filled.Length > 0 || template.Count == 0 ? new JsonArray(filled) : null;
    }

    private JsonArray? Each(JsonObject template)
    {
        if (Any(template["$each"], null) is not JsonArray items)
            return null;
        return new JsonArray([.. items.Select(item => Any(template["as"], item)).OfType<JsonNode>()]);
    }

    private static void Spread(JsonObject into, JsonNode? members)
    {
        foreach (var (name, value) in members as JsonObject ?? [])
            into[name] = value?.DeepClone();
    }

    private static string[]? Names(JsonObject template, string member) => template[member]?.GetValue<string>().Split(',');
}
