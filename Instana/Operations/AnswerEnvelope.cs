using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Instana.Http;
using Granary.Instana.Params;

namespace Granary.Instana.Operations;

/// <summary>The shapes that all answers share: <c>{operation, resource_type, results}</c>, and failures that prompts know by their fields.</summary>
internal static class AnswerEnvelope
{
    /// <summary>The result goes into JSON only, never into a page: letters of all alphabets stay themselves.</summary>
    public static readonly JsonSerializerOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static JsonObject Open(InstanaOperationDefinition row)
    {
        var envelope = new JsonObject();
        if (row.ResourceType is { } resource)
            envelope["resource_type"] = resource;
        envelope["operation"] = row.Name;
        return envelope;
    }

    /// <summary>Parameters that are missing or wrong, all of them, with what would be right.</summary>
    public static InstanaResult Invalid(InstanaOperationDefinition row, BoundParams bound)
    {
        var envelope = Open(row);
        envelope["elicitation_needed"] = true;
        envelope["reason"] = Reason(bound.Problems);
        envelope["api_error"] = Strings(bound.Problems.Select(problem => $"{problem.Field}: {problem.Message}"));
        envelope["message"] = $"{(bound.Problems.Count == 1 ? "One parameter is" : $"{bound.Problems.Count} parameters are")} missing or wrong. Correct and retry:"
            + string.Concat(bound.Problems.Select(problem => $"\n  - {problem.Message}"));
        if (bound.Problems.Any(problem => problem.IsMissing))
            envelope["missing_parameters"] = Strings(bound.Problems.Where(problem => problem.IsMissing).Select(problem => problem.Field));
        envelope["validation_failed"] = true;
        envelope["valid"] = false;
        envelope["error_count"] = bound.Problems.Count;
        envelope["errors"] = new JsonArray([.. bound.Problems.Select(Problem)]);
        AddWarnings(envelope, bound);
        return Close(envelope, true);
    }

    /// <summary>A failure that the backend or the way to it caused.</summary>
    public static InstanaResult Failed(InstanaOperationDefinition row, InstanaFailure failure)
    {
        var what = failure.Status is { } answered ? $"HTTP {answered}" : Words(failure.Kind);
        var envelope = Open(row);
        envelope["error"] = $"Failed to {row.Name}: {what}";
        envelope["details"] = failure.Details;
        envelope["message"] = $"Failed to {row.Name}: {what}. {failure.Details}";
        envelope["elicitation_needed"] = false;
        envelope["reason"] = Words(failure.Kind).Replace(' ', '_');
        if (failure.Status is { } status)
            envelope["status_code"] = status;
        if (failure.Status == 403 && row.Permission is { } permission)
            envelope["permission_needed"] = permission;
        envelope["code"] = Words(failure.Kind).Replace(' ', '_');
        envelope["retryable"] = failure.Retryable;
        if (failure.ResetAt is { } at)
            envelope["reset_at"] = at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        return Close(envelope, true);
    }

    /// <summary>A call that names nothing that exists, or that must be confirmed.</summary>
    public static InstanaResult Asked(JsonObject envelope, string reason, string message, IEnumerable<string>? valid = null)
    {
        envelope["elicitation_needed"] = true;
        envelope["reason"] = reason;
        envelope["api_error"] = Strings([message]);
        envelope["message"] = message;
        envelope["error"] = message;
        if (valid is not null)
            envelope[reason == "invalid_resource_type" ? "valid_resource_types" : "valid_operations"] = Strings(valid);
        return Close(envelope, true);
    }

    public static void AddWarnings(JsonObject envelope, BoundParams bound)
    {
        if (bound.Warnings.Count > 0)
            envelope["warnings"] = Strings(bound.Warnings);
    }

    public static InstanaResult Close(JsonObject envelope, bool isError) => new(Write(envelope), isError);

    /// <summary>The compact form, in UTF-8.</summary>
    public static byte[] Write(JsonNode? node) => JsonSerializer.SerializeToUtf8Bytes(node, Compact);

    public static JsonArray Strings(IEnumerable<string> values) => new([.. values.Select(value => JsonValue.Create(value))]);

    private static string Reason(IReadOnlyList<InputProblem> problems)
    {
        if (problems.All(problem => problem.IsMissing))
            return "missing_required_params";
        return problems.All(problem => PeriodArguments.IsName(Names.Squash(problem.Field.Split('.')[^1]))) ? "invalid_time_params" : "invalid_params";
    }

    private static JsonObject Problem(InputProblem problem)
    {
        var json = new JsonObject { ["field"] = problem.Field, ["message"] = problem.Message };
        if (problem.ValidValues.Count > 0)
            json["valid_values"] = Strings(problem.ValidValues.Take(40));
        if (problem.Example is not null)
            json["example"] = problem.Example;
        return json;
    }

    private static string Words(FailureKind kind) => kind switch
    {
        FailureKind.RateLimited => "rate limited",
        FailureKind.Timeout => "timeout",
        FailureKind.Connection => "connection failed",
        FailureKind.Tls => "certificate not trusted",
        FailureKind.Redirect => "redirect",
        FailureKind.TooLarge => "answer too large",
        FailureKind.NotJson => "not json",
        FailureKind.Unexpected => "unexpected answer",
        FailureKind.CircuitOpen => "circuit open",
        _ => "http error",
    };
}
