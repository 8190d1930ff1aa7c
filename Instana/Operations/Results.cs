using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Granary.Instana.Http;
using Granary.Instana.Params;

namespace Granary.Instana.Operations;

/// <summary>The shapes that all operations share.</summary>
internal static class Results
{
    /// <summary>The result goes into JSON only, never into a page: letters of all alphabets stay themselves.</summary>
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A success: what <paramref name="write"/> adds to the object, and the warnings.</summary>
    public static OperationResult Success(BoundParams bound, Action<Utf8JsonWriter> write) => Create(false, writer =>
    {
        write(writer);
        if (bound.Warnings.Count > 0)
            WriteStrings(writer, "warnings", bound.Warnings);
    });

    public static OperationResult ValidationFailed(string operation, BoundParams bound) => Create(true, writer =>
    {
        writer.WriteString("operation", operation);
        writer.WriteBoolean("validation_failed", true);
        writer.WriteBoolean("valid", false);
        writer.WriteNumber("error_count", bound.Problems.Count);
        writer.WriteStartArray("errors");
        foreach (var problem in bound.Problems)
            WriteProblem(writer, problem);
        writer.WriteEndArray();
        if (bound.Warnings.Count > 0)
            WriteStrings(writer, "warnings", bound.Warnings);
    });

    public static OperationResult InvalidOperation(string operation, IEnumerable<string> valid) => Create(true, writer =>
    {
        writer.WriteString("error", $"Invalid operation '{Names.Shorten(operation)}'");
        WriteStrings(writer, "valid_operations", valid);
    });

    /// <summary>A failure that the backend or the way to it caused.</summary>
    public static OperationResult Failed(string operation, InstanaFailure failure) => Create(true, writer =>
    {
        var what = failure.Status is { } answered ? $"HTTP {answered}" : Words(failure.Kind);
        writer.WriteString("error", $"Failed to {operation}: {what}");
        writer.WriteString("details", failure.Details);
        if (failure.Status is { } status)
            writer.WriteNumber("status_code", status);
        writer.WriteString("code", Words(failure.Kind).Replace(' ', '_'));
        writer.WriteBoolean("retryable", failure.Retryable);
        if (failure.ResetAt is { } at)
            writer.WriteString("reset_at", at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
    });

    public static OperationResult Error(string sentence) => Create(true, writer => writer.WriteString("error", sentence));

    public static void WriteStrings(Utf8JsonWriter writer, string name, IEnumerable<string> values)
    {
        writer.WriteStartArray(name);
        foreach (var value in values)
            writer.WriteStringValue(value);
        writer.WriteEndArray();
    }

    private static OperationResult Create(bool isError, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }
        return new OperationResult(buffer.WrittenMemory, isError);
    }

    private static void WriteProblem(Utf8JsonWriter writer, InputProblem problem)
    {
        writer.WriteStartObject();
        writer.WriteString("field", problem.Field);
        writer.WriteString("message", problem.Message);
        if (problem.ValidValues.Count > 0)
            WriteStrings(writer, "valid_values", problem.ValidValues);
        if (problem.Example is not null)
            writer.WriteString("example", problem.Example);
        writer.WriteEndObject();
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
        FailureKind.CircuitOpen => "circuit open",
        _ => "http error",
    };
}
