using System.Text;
using System.Text.Json;

namespace Granary.Instana.Params;

/// <summary>Reads a call's <c>params</c> by an operation's data and collects every problem in one pass.</summary>
internal static class ParamsBinder
{
    public static BoundParams Bind(ReadOnlyMemory<byte> json, IReadOnlyList<InstanaParameter> parameters, DateTimeOffset now)
    {
        var bound = new BoundParams();
        if (!ParamsText.TryParse(json, out var document, out var fault))
        {
            bound.Add(new InputProblem("params", "params " + fault) { Example = "{}" });
            return bound;
        }
        using (document)
        {
            var groups = new List<JsonProperty>();
            foreach (var property in document.RootElement.EnumerateObject())
            {
                if (Find(parameters, property.Name)?.Kind == ParameterKind.Group)
                    groups.Add(property);
                else
                    BindOne(bound, parameters, property.Name, property, now);
            }
            foreach (var group in groups)
                BindGroup(bound, parameters, group, now);
        }
        foreach (var parameter in parameters)
        {
            if (parameter.Required && !bound.Has(parameter.Name)
                && !bound.Problems.Any(problem => problem.Field.EndsWith(parameter.Name, StringComparison.Ordinal)))
                bound.Add(new InputProblem(parameter.Name, $"{parameter.Name} is required: {parameter.Description}") { Example = parameter.Example });
        }
        return bound;
    }

    private static void BindGroup(BoundParams bound, IReadOnlyList<InstanaParameter> parameters, JsonProperty group, DateTimeOffset now)
    {
        if (group.Value.ValueKind is not (JsonValueKind.Object or JsonValueKind.String or JsonValueKind.Null))
        {
            bound.Add(new InputProblem(group.Name, $"{group.Name} must be a JSON object."));
            return;
        }
        if (!ParamsText.TryParse(Encoding.UTF8.GetBytes(group.Value.GetRawText()), out var document, out var fault))
        {
            bound.Add(new InputProblem(group.Name, $"{group.Name} {fault}"));
            return;
        }
        using (document)
        {
            foreach (var property in document.RootElement.EnumerateObject())
                BindOne(bound, parameters, $"{group.Name}.{property.Name}", property, now);
        }
    }

    private static void BindOne(BoundParams bound, IReadOnlyList<InstanaParameter> parameters, string path, JsonProperty property, DateTimeOffset now)
    {
        if (Find(parameters, property.Name) is not { } parameter || (parameter.Kind == ParameterKind.Group && path != property.Name))
        {
            var nearest = Names.Nearest(Names.ToSnakeCase(property.Name), parameters.Select(known => known.Name));
            bound.Warn($"Unknown parameter '{Names.Shorten(path)}' was ignored{(nearest is null ? "." : $"; did you mean '{nearest}'?")}");
            return;
        }
        var before = bound.Has(parameter.Name);
        if (ParamsValues.Read(parameter, property.Value, now, out var value) is { } fault)
        {
            var choices = fault.ValidValues;
            bound.Add(fault with { Field = Names.Shorten(path), Message = $"{Names.Shorten(path)} {fault.Message}", ValidValues = choices });
            return;
        }
        if (value is null)
            return;
        if (before)
            bound.Warn($"'{parameter.Name}' was given twice; the value of '{path}' was used.");
        bound.Set(parameter.Name, value);
    }

    private static InstanaParameter? Find(IReadOnlyList<InstanaParameter> parameters, string name)
    {
        var spelt = Names.ToSnakeCase(name);
        foreach (var parameter in parameters)
        {
            if (parameter.Name == spelt)
                return parameter;
        }
        return null;
    }
}
