using System.Text.Json;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Tools;

/// <summary>Makes tool definitions from the JSON that goes over the wire.</summary>
public static class ToolDefinition
{
    /// <summary>Creates a definition.</summary>
    /// <param name="name">1 to 128 of <c>A-Z a-z 0-9 _ . -</c>.</param>
    /// <param name="title">A name for people.</param>
    /// <param name="description">What it does, for a model; short.</param>
    /// <param name="inputSchema">JSON Schema 2020-12 whose root is an object.</param>
    /// <param name="outputSchema">The schema of <c>structuredContent</c>, where there is one.</param>
    /// <param name="annotations">Hints: read-only, destructive, idempotent, open world.</param>
    public static Tool Create(
        string name, string title, string description, string inputSchema, string? outputSchema = null, ToolAnnotations? annotations = null) => new()
    {
        Name = name,
        Title = title,
        Description = description,
        InputSchema = Parse(inputSchema),
        OutputSchema = outputSchema is null ? null : Parse(outputSchema),
        Annotations = annotations,
    };

    private static JsonElement Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }
}
