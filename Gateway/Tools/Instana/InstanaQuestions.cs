using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Instana;
using Granary.Instana.Operations;
using Granary.Instana.Params;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Tools.Instana;

/// <summary>What is asked of the person at the client: parameters that are missing, and a word before what cannot be undone.</summary>
internal static class InstanaQuestions
{
    private const int MaxShown = 300;

    /// <summary>What an operation lacks, its payload's fields too; null where something else is wrong, or a form has no field for one of them.</summary>
    public static IReadOnlyList<Question>? Missing(InstanaCall read, InstanaResult result)
    {
        if (!result.IsError || InstanaTools.Find(read) is not { } row)
            return null;
        using var document = JsonDocument.Parse(result.Json);
        var root = document.RootElement;
        if (!root.TryGetProperty("reason", out var reason) || reason.GetString() != "missing_required_params" || !root.TryGetProperty("missing_parameters", out var names))
            return null;
        var questions = new List<Question>();
        foreach (var name in names.EnumerateArray())
        {
            if (!TryAsk(row.Parameters, name.GetString()!, questions))
                return null;
        }
        // Fields go into a payload that is an object; one that was written as text stays what its author wrote.
        return questions.Count > 0 && questions.TrueForAll(question => IsOpen(Open(read), question.Path)) ? questions : null;
    }

    /// <summary>The call with what the person gave; null where they gave nothing.</summary>
    public static async Task<InstanaCall?> AskAsync(ToolCall call, InstanaCall read, IReadOnlyList<Question> missing)
    {
        var schema = new ElicitRequestParams.RequestSchema { Required = [.. missing.Select(question => question.Name)] };
        foreach (var question in missing)
            schema.Properties[question.Name] = Field(question.Parameter)!;
        var response = await call.AskAsync("parameters", InputRequest.ForElicitation(new ElicitRequestParams
        {
            Message = $"{InstanaTools.Find(read)!.Summary}: {read.Operation} needs {string.Join(", ", missing.Select(question => question.Name))}.",
            RequestedSchema = schema,
        }));
        if (response.Deserialize(InputResponse.ElicitResultJsonTypeInfo) is not { Action: "accept", Content: { Count: > 0 } content })
            return null;
        var json = Open(read);
        foreach (var question in missing)
        {
            if (content.TryGetValue(question.Name, out var value))
                Put(json, question.Path, JsonNode.Parse(value.GetRawText()));
        }
        return read with { Params = Encoding.UTF8.GetBytes(json.ToJsonString()) };
    }

    /// <summary>Whether an answer says that the change waits for a yes.</summary>
    public static bool IsConfirmation(InstanaResult result) =>
        result.IsError && result.Json.Span.IndexOf("\"reason\":\"confirmation_required\""u8) >= 0;

    /// <summary>Whether the person wants the change. The question carries the parameters, for the round that follows it.</summary>
    public static ValueTask<bool> ConfirmAsync(ToolCall call, InstanaCall read)
    {
        var row = InstanaTools.Find(read)!;
        return Confirmation.AskAsync(call, $"{row.Summary}: {row.Name} with {Shown(read.Params)}.", Encoding.UTF8.GetString(read.Params.Span));
    }

    public static InstanaCall Confirmed(InstanaCall read)
    {
        var json = Open(read);
        json["confirm"] = true;
        return read with { Params = Encoding.UTF8.GetBytes(json.ToJsonString()) };
    }

    private static JsonObject Open(InstanaCall read) => read.Params.IsEmpty ? [] : JsonNode.Parse(read.Params.Span)!.AsObject();

    /// <summary>Finds what a path such as <c>payload.name</c> names; an object that is missing as a whole is asked for by the fields that it must have.</summary>
    private static bool TryAsk(IReadOnlyList<InstanaParameter> known, string path, List<Question> questions)
    {
        InstanaParameter? found = null;
        var parts = path.Split('.');
        foreach (var part in parts)
        {
            found = known.FirstOrDefault(parameter => parameter.Name == part || parameter.Wire == part);
            if (found is null)
                return false;
            known = found.Kind == ParameterKind.Object ? found.Fields : [];
        }
        return Add(found!, parts, questions);
    }

    private static bool Add(InstanaParameter parameter, string[] path, List<Question> questions)
    {
        if (parameter.Kind != ParameterKind.Object)
        {
            questions.Add(new Question(path, parameter));
            return Field(parameter) is not null;
        }
        var needed = parameter.Fields.Where(field => field.Required && field.DefaultJson is null).ToList();
        return needed.Count > 0 && needed.TrueForAll(field => Add(field, [.. path, field.Wire], questions));
    }

    private static bool IsOpen(JsonObject json, string[] path)
    {
        JsonNode? at = json;
        foreach (var part in path[..^1])
        {
            at = Find(at!.AsObject(), part);
            if (at is not (null or JsonObject))
                return false;
            if (at is null)
                return true;
        }
        return true;
    }

    private static void Put(JsonObject json, string[] path, JsonNode? value)
    {
        foreach (var part in path[..^1])
        {
            if (Find(json, part) is not JsonObject inner)
                json[part] = inner = [];
            json = inner;
        }
        json[path[^1]] = value;
    }

    /// <summary>A member, capitals or not.</summary>
    private static JsonNode? Find(JsonObject json, string name) =>
        json.FirstOrDefault(member => member.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    /// <summary>A form's field: forms are flat, so an object has none.</summary>
    private static ElicitRequestParams.PrimitiveSchemaDefinition? Field(InstanaParameter parameter) => parameter.Kind switch
    {
        ParameterKind.Text or ParameterKind.Id => new ElicitRequestParams.StringSchema { Title = parameter.Name, Description = parameter.Description, MinLength = 1, MaxLength = parameter.MaxLength },
        ParameterKind.Moment or ParameterKind.Range => new ElicitRequestParams.StringSchema { Title = parameter.Name, Description = $"{parameter.Description}, e.g. {parameter.Example}", MinLength = 1 },
        ParameterKind.IdList or ParameterKind.TextList => new ElicitRequestParams.StringSchema { Title = parameter.Name, Description = parameter.Description + ", separated by commas", MinLength = 1 },
        ParameterKind.Integer => new ElicitRequestParams.NumberSchema { Type = "integer", Title = parameter.Name, Description = parameter.Description, Minimum = parameter.Minimum, Maximum = parameter.Maximum },
        ParameterKind.Number => new ElicitRequestParams.NumberSchema { Title = parameter.Name, Description = parameter.Description, Minimum = parameter.Minimum, Maximum = parameter.Maximum },
        ParameterKind.Flag => new ElicitRequestParams.BooleanSchema { Title = parameter.Name, Description = parameter.Description },
        ParameterKind.Choice => new ElicitRequestParams.UntitledSingleSelectEnumSchema { Title = parameter.Name, Description = parameter.Description, Enum = [.. parameter.Choices] },
        _ => null,
    };

    private static string Shown(ReadOnlyMemory<byte> parameters)
    {
        var text = Encoding.UTF8.GetString(parameters.Span);
        return text.Length <= MaxShown ? text : text[..MaxShown] + "…";
    }

    /// <summary>One field of the form.</summary>
    /// <param name="Path">Where its answer goes in the parameters.</param>
    /// <param name="Parameter">What it is.</param>
    internal sealed record Question(string[] Path, InstanaParameter Parameter)
    {
        /// <summary>Its name in the form.</summary>
        public string Name => string.Join('.', Path);
    }
}
