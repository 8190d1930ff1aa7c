using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Instana.Time;
using Granary.Spelling;

namespace Granary.Instana.Params;

/// <summary>Reads the objects of a body by their fields: names in any spelling become the backend's, values are checked, the rest passes as it is.</summary>
internal sealed class BodyReader(BoundParams bound, BindRules rules, PeriodArguments period, DateTimeOffset now)
{
    /// <summary>The backend's limit of one series.</summary>
    private const long MaxPoints = 600;

    private readonly List<(string Path, long Granularity)> _granularities = [];

    /// <summary>Reads one value; null where it is absent or wrong, which is in the problems then.</summary>
    public JsonNode? Read(string path, InstanaParameter parameter, JsonElement value)
    {
        if (Absent.Is(value, out _))
            return null;
        return parameter.Kind switch
        {
            ParameterKind.Object => Open(path, value, JsonValueKind.Object, element => Object(path, parameter, element)),
            ParameterKind.ObjectList => Open(path, value, JsonValueKind.Array, element => List(path, parameter, element)),
            ParameterKind.TagFilter => Open(path, value, JsonValueKind.Object, element => new TagFilterReader(bound, rules.Entity).Read(path, element)),
            ParameterKind.Frame => Frame(path, parameter, value),
            ParameterKind.Json => value.ValueKind == JsonValueKind.String ? Open(path, value, JsonValueKind.Undefined, Copy) : Copy(value),
            _ => Scalar(path, parameter, value),
        };
    }

    /// <summary>Adds defaults and says which fields are missing.</summary>
    public void Complete(string path, InstanaParameter parameter, JsonObject body)
    {
        foreach (var field in parameter.Fields)
        {
            if (body[field.Wire] is not null)
                continue;
            if (field.DefaultJson is { } json)
                body[field.Wire] = JsonNode.Parse(json);
            else if (field.Required && !bound.Problems.Any(problem => problem.Field.StartsWith($"{path}.{field.Wire}", StringComparison.Ordinal) || problem.Field == field.Name))
                bound.Add(new InputProblem($"{path}.{field.Wire}", $"{path}.{field.Wire} is required: {field.Description}.") { Example = field.Example, ValidValues = field.Choices, IsMissing = true });
        }
    }

    /// <summary>No series may have more points than the backend gives.</summary>
    public void CheckPoints(TimeWindow window)
    {
        foreach (var (path, granularity) in _granularities)
        {
            var length = window.To - window.From;
            var least = (length + MaxPoints - 1) / MaxPoints;
            if (granularity * rules.GranularityUnit < least)
            {
                var value = ((least + rules.GranularityUnit - 1) / rules.GranularityUnit).ToString(CultureInfo.InvariantCulture);
                bound.Add(new InputProblem(path, $"{path} gives more than {MaxPoints} points in this period; use at least {value}, or a shorter period.") { Example = value });
            }
            else if (granularity * rules.GranularityUnit > length)
            {
                bound.Add(new InputProblem(path, $"{path} is longer than the period; leave it out for one value, or use at most {length / rules.GranularityUnit}."));
            }
        }
    }

    private static JsonNode? Copy(JsonElement element) => JsonNode.Parse(element.GetRawText());

    private JsonNode? Open(string path, JsonElement value, JsonValueKind kind, Func<JsonElement, JsonNode?> read)
    {
        if (value.ValueKind != JsonValueKind.String)
            return read(value);
        var text = value.GetString()!.Trim();
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = ParamsText.MaxDepth });
            return read(document.RootElement);
        }
        catch (JsonException)
        {
            try
            {
                using var document = JsonDocument.Parse(PythonText.ToJson(text), new JsonDocumentOptions { MaxDepth = ParamsText.MaxDepth });
                return read(document.RootElement);
            }
            catch (JsonException)
            {
                if (kind == JsonValueKind.Undefined)
                    return Copy(value);
                Fail(path, kind == JsonValueKind.Array ? "must be a list of objects." : "must be a JSON object.");
                return null;
            }
        }
    }

    private JsonObject? Object(string path, InstanaParameter parameter, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            Fail(path, "must be a JSON object.", parameter.Example);
            return null;
        }
        var body = new JsonObject();
        foreach (var property in value.EnumerateObject())
        {
            var squashed = Names.Squash(property.Name);
            if (ParamsBinder.Find(parameter.Fields, squashed) is { } field)
            {
                if (Read($"{path}.{property.Name}", field, property.Value) is { } node)
                    body[field.Wire] = node;
            }
            else if (!Misspelt(path, parameter, value, property))
            {
                body[property.Name] = Copy(property.Value);
            }
        }
        // A payload is completed once what stands beside it has been added.
        if (parameter.Place != ParameterPlace.WholeBody)
            Complete(path, parameter, body);
        return body;
    }

    /// <summary>A field that is missing and a name that nearly is its name: that is a mistake, anything else is the backend's to know.</summary>
    private bool Misspelt(string path, InstanaParameter parameter, JsonElement value, JsonProperty property)
    {
        var name = Names.ToSnakeCase(property.Name);
        var missing = parameter.Fields.Where(field => !value.EnumerateObject().Any(given => ParamsBinder.Find([field], Names.Squash(given.Name)) is not null));
        var nearest = name.Length < 4 ? null : NearestName.Of(name, missing.Select(field => field.Name).Where(known => Math.Abs(known.Length - name.Length) <= 2));
        if (nearest is null && !parameter.Closed)
            return false;
        Fail($"{path}.{property.Name}", nearest is null ? $"is not a field of {path}." : $"is not a field of {path}. Did you mean '{nearest}'?");
        return true;
    }

    private JsonArray? List(string path, InstanaParameter parameter, JsonElement value)
    {
        // One object where a list of one is meant.
        if (value.ValueKind == JsonValueKind.Object)
            return Object(path, parameter, value) is { } one ? [one] : null;
        if (value.ValueKind != JsonValueKind.Array)
        {
            Fail(path, "must be a list of objects.", parameter.Example);
            return null;
        }
        if (value.GetArrayLength() > parameter.MaxItems)
            Fail(path, $"has too many items: at most {parameter.MaxItems}.");
        var list = new JsonArray();
        var index = 0;
        foreach (var item in value.EnumerateArray().Take(parameter.MaxItems))
        {
            if (Object($"{path}[{index++}]", parameter, item) is { } node)
                list.Add(node);
        }
        if (list.Count == 0 && parameter.Required)
            Fail(path, "must not be empty.", parameter.Example);
        return list;
    }

    /// <summary>A period in the body: taken with all else that names the period, and written once it is known.</summary>
    private JsonNode? Frame(string path, InstanaParameter parameter, JsonElement value)
    {
        period.Read(path, parameter.Name, value);
        return null;
    }

    private JsonNode? Scalar(string path, InstanaParameter parameter, JsonElement value)
    {
        if (ParamsValues.Read(parameter, value, now, out var read) is { } fault)
        {
            bound.Add(fault with { Field = NearestName.Shorten(path), Message = $"{NearestName.Shorten(path)} {fault.Message}" });
            return null;
        }
        if (read is long number && parameter.Wire == "granularity" && parameter.Kind == ParameterKind.Integer)
            _granularities.Add((path, number));
        return Node(parameter, read);
    }

    /// <summary>A checked value as the backend wants it.</summary>
    public static JsonNode? Node(InstanaParameter parameter, object? value) => value switch
    {
        null => null,
        JsonNode node => node.DeepClone(),
        long number => JsonValue.Create(number),
        bool flag => JsonValue.Create(flag),
        decimal number => JsonValue.Create(number),
        IReadOnlyList<string> list => new JsonArray([.. list.Select(item => JsonValue.Create(item))]),
        string text when parameter.Choices.Count > 0 && parameter.Choices.All(choice => long.TryParse(choice, out _)) =>
            JsonValue.Create(long.Parse(text, CultureInfo.InvariantCulture)),
        _ => JsonValue.Create((string)value),
    };

    private void Fail(string path, string problem, string? example = null) =>
        bound.Add(new InputProblem(NearestName.Shorten(path), $"{NearestName.Shorten(path)} {problem}") { Example = example });
}
