using System.Text.Json.Nodes;
using Granary.Instana.Params;

namespace Granary.Instana.Operations;

/// <summary>Makes correct parameters from a row: what <c>describe</c> shows, and what tests call each row with.</summary>
internal static class Samples
{
    public static JsonObject Of(InstanaOperationDefinition row)
    {
        var sample = new JsonObject();
        foreach (var parameter in row.Parameters)
        {
            if (parameter.Required)
                sample[parameter.Name] = One(parameter);
        }
        if (row.Name == "get_action_matches_by_id_and_time_window")
            sample["application_id"] = "app-1";
        return sample;
    }

    private static JsonNode? One(InstanaParameter parameter)
    {
        if (parameter.Kind is ParameterKind.Object or ParameterKind.ObjectList)
        {
            if (parameter.Example is { } example)
                return JsonNode.Parse(example);
            var fields = new JsonObject();
            foreach (var field in parameter.Fields.Where(field => field.Required))
                fields[field.Wire] = One(field);
            return parameter.Kind == ParameterKind.Object ? fields : new JsonArray(fields);
        }
        return parameter.Kind switch
        {
            ParameterKind.TagFilter => JsonNode.Parse(parameter.Example ?? """{"type":"EXPRESSION","logicalOperator":"AND","elements":[]}"""),
            ParameterKind.Choice => BodyReader.Node(parameter, parameter.Choices[0]),
            ParameterKind.ChoiceList => new JsonArray(parameter.Choices[0]),
            ParameterKind.IdList or ParameterKind.TextList => new JsonArray("x-1"),
            ParameterKind.Integer => parameter.Default ?? parameter.Minimum ?? 1,
            ParameterKind.Number => 0.99m,
            ParameterKind.Flag => true,
            ParameterKind.Moment => 1_767_225_600_000,
            ParameterKind.Id => "x-1",
            ParameterKind.Json => new JsonArray(),
            _ => "x",
        };
    }
}
