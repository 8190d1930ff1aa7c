using System.Text.Json;
using ModelContextProtocol.Protocol;

namespace Granary.Conformance.Tests.Fixtures;

/// <summary>Reads what clients answered.</summary>
internal static class Answers
{
    public static string Describe(InputResponse response)
    {
        var raw = response.RawValue;
        var content = raw.TryGetProperty("content", out var value) ? value.GetRawText() : "{}";
        return $"action={raw.GetProperty("action").GetString()}, content={content}";
    }

    public static string? Field(InputResponse response, string name) =>
        response.RawValue.TryGetProperty("content", out var content) && content.ValueKind == JsonValueKind.Object && content.TryGetProperty(name, out var value)
            ? value.ToString()
            : null;

    public static string SampledText(InputResponse response)
    {
        var content = response.RawValue.GetProperty("content");
        if (content.ValueKind == JsonValueKind.Array)
            content = content[0];
        return content.TryGetProperty("text", out var text) ? text.GetString()! : content.GetRawText();
    }
}
