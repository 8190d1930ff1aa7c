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

    /// <summary>The parameters that an operation lacks; null where something else is wrong, or a form has no field for one of them.</summary>
    public static IReadOnlyList<InstanaParameter>? Missing(InstanaCall read, InstanaResult result)
    {
        if (!result.IsError || InstanaTools.Find(read) is not { } row)
            return null;
        using var document = JsonDocument.Parse(result.Json);
        var root = document.RootElement;
        if (!root.TryGetProperty("reason", out var reason) || reason.GetString() != "missing_required_params" || !root.TryGetProperty("missing_parameters", out var names))
            return null;
        var missing = names.EnumerateArray().Select(name => row.Parameters.FirstOrDefault(parameter => parameter.Name == name.GetString())).ToList();
        return missing.Count > 0 && missing.TrueForAll(parameter => parameter is not null && Field(parameter) is not null)
            ? [.. missing.OfType<InstanaParameter>()]
            : null;
    }

    /// <summary>The call with what the person gave; null where they gave nothing.</summary>
    public static async Task<InstanaCall?> AskAsync(ToolCall call, InstanaCall read, IReadOnlyList<InstanaParameter> missing)
    {
        var schema = new ElicitRequestParams.RequestSchema { Required = [.. missing.Select(parameter => parameter.Name)] };
        foreach (var parameter in missing)
            schema.Properties[parameter.Name] = Field(parameter)!;
        var response = await call.AskAsync("parameters", InputRequest.ForElicitation(new ElicitRequestParams
        {
            Message = $"{InstanaTools.Find(read)!.Summary}: {read.Operation} needs {string.Join(", ", missing.Select(parameter => parameter.Name))}.",
            RequestedSchema = schema,
        }));
        if (response.Deserialize(InputResponse.ElicitResultJsonTypeInfo) is not { Action: "accept", Content: { Count: > 0 } content })
            return null;
        var json = Open(read);
        foreach (var parameter in missing)
        {
            if (content.TryGetValue(parameter.Name, out var value))
                json[parameter.Name] = JsonNode.Parse(value.GetRawText());
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
}
