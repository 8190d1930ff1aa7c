using System.Text.Json.Nodes;
using Granary.Instana.Params;

namespace Granary.Instana.Operations;

/// <summary>The operation <c>describe</c> of every tool: one operation's schema and an example, or the list of all.</summary>
internal static class Description
{
    public static InstanaResult Of(InstanaToolDefinition tool, InstanaCall call)
    {
        var wanted = CallArguments.Peek(call.Params, "operation") ?? CallArguments.Peek(call.Params, "name");
        var resource = call.ResourceType ?? CallArguments.Peek(call.Params, "resource_type");
        var envelope = new JsonObject { ["operation"] = "describe" };
        if (wanted is null)
        {
            envelope["results"] = new JsonObject
            {
                ["operations"] = new JsonArray([.. tool.Operations.Where(row => resource is null || row.ResourceType is null || Names.Same(row.ResourceType, resource)).Select(Line)]),
                ["hint"] = "params.operation names one operation to describe in full.",
            };
            return AnswerEnvelope.Close(envelope, false);
        }
        var asked = new InstanaCall(call.Tool, resource, wanted, call.Params) { Subtype = CallArguments.Peek(call.Params, "resource_subtype") };
        if (OperationFinder.Find(tool, asked, out var refusal, out _) is not { } row)
            return refusal!;
        envelope["results"] = Full(tool, row);
        return AnswerEnvelope.Close(envelope, false);
    }

    /// <summary>A correct call of a row: its example, or its required parameters with their examples.</summary>
    public static JsonObject Example(InstanaOperationDefinition row)
    {
        var call = new JsonObject();
        if (row.ResourceType is { } resource)
            call["resource_type"] = resource;
        call["operation"] = row.Name;
        var parameters = row.Example is { } example ? JsonNode.Parse(example)!.AsObject() : Samples.Of(row);
        if (row.Subtype is { } subtype)
            parameters["resource_subtype"] = subtype;
        if (row.Destructive)
            parameters["confirm"] = true;
        call["params"] = parameters;
        return call;
    }

    private static JsonObject Line(InstanaOperationDefinition row)
    {
        var line = new JsonObject { ["operation"] = row.Name, ["summary"] = row.Summary };
        if (row.ResourceType is { } resource)
            line["resource_type"] = resource;
        if (row.Subtype is { } subtype)
            line["resource_subtype"] = subtype;
        var required = row.Parameters.Where(parameter => parameter.Required).Select(parameter => parameter.NamedBy is { } by ? $"{parameter.Name} or {by}" : parameter.Name).ToList();
        if (required.Count > 0)
            line["required"] = AnswerEnvelope.Strings(required);
        if (!row.ReadOnly)
            line["changes"] = true;
        return line;
    }

    private static JsonObject Full(InstanaToolDefinition tool, InstanaOperationDefinition row)
    {
        var full = new JsonObject
        {
            ["tool"] = tool.Name, ["operation"] = row.Name, ["summary"] = row.Summary, ["request"] = $"{row.Method} {row.Path}".Trim(),
            ["read_only"] = row.ReadOnly, ["destructive"] = row.Destructive,
        };
        if (row.ResourceType is { } resource)
            full["resource_type"] = resource;
        if (row.Permission is { } permission)
            full["permission"] = permission;
        if (row.Period.Style != PeriodStyle.None)
        {
            full["period"] = row.Period.Minutes > 0
                ? $"time_range, or from_time and to_time, or windowSize and to; without: the last {row.Period.Minutes} minutes; at most {row.Period.MaxDays} days"
                : $"optional: time_range, or from_time and to_time, or windowSize and to; at most {row.Period.MaxDays} days";
        }
        full["params"] = ToolSchemas.Of(row);
        full["example"] = Example(row);
        return full;
    }
}
