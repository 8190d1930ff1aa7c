using System.Text.Json.Nodes;
using Granary.Instana.Params;
using Granary.Spelling;

namespace Granary.Instana.Operations;

/// <summary>Finds the row that a call names: in any spelling, by its resource type, or by its name alone where that is enough.</summary>
internal static class OperationFinder
{
    /// <summary>The row, or the answer that says what was meant.</summary>
    public static InstanaOperationDefinition? Find(InstanaToolDefinition tool, InstanaCall call, out InstanaResult? refusal, out string? note)
    {
        refusal = null;
        note = null;
        var resource = Resource(tool, call.ResourceType, out var problem);
        if (problem is not null)
        {
            refusal = Refuse(call, "invalid_resource_type", problem, tool.ResourceTypes);
            return null;
        }
        var name = call.Operation.Length == 0 ? tool.DefaultOperation ?? "" : call.Operation;
        var spelling = Names.Squash(name);
        var matches = tool.Operations.Where(row => row.Spellings.Contains(spelling)).ToList();
        var inside = resource is null ? matches : matches.Where(row => row.ResourceType == resource).ToList();
        if (inside.Count > 1 && Subtype(inside, call, out var subtype) is { } rows)
        {
            inside = rows;
            note = subtype;
        }
        if (inside.Select(row => row.ResourceType).Distinct().Count() > 1)
        {
            var types = inside.Select(row => row.ResourceType!).Distinct().ToList();
            refusal = Refuse(call, "missing_required_params", $"'{NearestName.Shorten(name)}' is an operation of several resource types: give resource_type, one of {string.Join(", ", types)}.", types);
            return null;
        }
        if (inside.Count == 1)
            return inside[0];
        if (inside.Count > 1)
        {
            var subtypes = inside.Select(row => row.Subtype!).ToList();
            refusal = Refuse(call, "invalid_params", $"params.resource_subtype must be one of {string.Join(", ", subtypes)}.", subtypes);
            return null;
        }
        refusal = NoSuch(tool, call, resource, name, matches);
        return null;
    }

    private static string? Resource(InstanaToolDefinition tool, string? given, out string? problem)
    {
        problem = null;
        if (tool.ResourceTypes.Count == 0 || string.IsNullOrWhiteSpace(given) || Absent.IsWord(given.Trim()))
            return tool.DefaultResource;
        if (tool.ResourceTypes.FirstOrDefault(type => Names.Same(type, given)) is { } found)
            return found;
        if (tool.ResourceAliases.FirstOrDefault(pair => Names.Same(pair.Key, given)).Value is { } alias)
            return alias;
        var nearest = NearestName.Of(Names.ToSnakeCase(given), tool.ResourceTypes);
        problem = $"Invalid resource_type '{NearestName.Shorten(given)}'.{(nearest is null ? "" : $" Did you mean '{nearest}'?")} Valid are: {string.Join(", ", tool.ResourceTypes)}.";
        return null;
    }

    /// <summary>The rows of the subtype that the call names; the first one's where it names none, with a note.</summary>
    private static List<InstanaOperationDefinition>? Subtype(List<InstanaOperationDefinition> rows, InstanaCall call, out string? note)
    {
        note = null;
        if (rows.Any(row => row.Subtype is null) || rows.Select(row => row.ResourceType).Distinct().Count() > 1)
            return null;
        if (call.Subtype is null || Absent.IsWord(call.Subtype))
        {
            note = $"resource_subtype was not given: {rows[0].Subtype} is used.";
            return [rows[0]];
        }
        var named = rows.Where(row => Names.Same(row.Subtype!, call.Subtype)).ToList();
        return named.Count == 1 ? named : rows;
    }

    private static InstanaResult NoSuch(InstanaToolDefinition tool, InstanaCall call, string? resource, string name, List<InstanaOperationDefinition> elsewhere)
    {
        var valid = tool.Operations.Where(row => resource is null || row.ResourceType == resource).Select(row => row.Name).Distinct().ToList();
        if (elsewhere.Count > 0)
        {
            var types = elsewhere.Select(row => row.ResourceType!).Distinct().ToList();
            return Refuse(
                call, "invalid_operation", $"Invalid operation '{NearestName.Shorten(name)}' for resource_type '{resource}'; it belongs to {string.Join(", ", types)}.", valid,
                new JsonObject { ["resource_type"] = types[0], ["operation"] = elsewhere[0].Name });
        }
        var nearest = NearestName.Of(Names.ToSnakeCase(name), valid) ?? NearestName.Of(Names.ToSnakeCase(name), tool.Operations.Select(row => row.Name));
        return Refuse(
            call, "invalid_operation",
            $"Invalid operation '{NearestName.Shorten(name)}'.{(nearest is null ? "" : $" Did you mean '{nearest}'?")} Valid operations: {string.Join(", ", valid)}, describe.", valid);
    }

    private static InstanaResult Refuse(InstanaCall call, string reason, string message, IEnumerable<string> valid, JsonObject? action = null)
    {
        var envelope = new JsonObject { ["operation"] = NearestName.Shorten(call.Operation) };
        if (call.ResourceType is { } resource)
            envelope["resource_type"] = NearestName.Shorten(resource);
        if (action is not null)
            envelope["required_action"] = action;
        return AnswerEnvelope.Asked(envelope, reason, message, valid);
    }
}
