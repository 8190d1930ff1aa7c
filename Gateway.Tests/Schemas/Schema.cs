using System.Text.Json;
using Granary.Gateway.Schemas;

namespace Granary.Gateway.Tests.Schemas;

internal static class Schema
{
    public static JsonElement Json(string text, int maxDepth = 64)
    {
        using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = maxDepth });
        return document.RootElement.Clone();
    }

    public static JsonSchema Of(string schema) => JsonSchema.Compile(Json(schema));

    public static string[] Problems(string schema, string value) => [.. Of(schema).Validate(Json(value)).Select(p => p.Message)];

    public static JsonSchemaException Refused(string schema) => Should.Throw<JsonSchemaException>(() => Of(schema));

    // The verdict alone and the list of problems are two walks: they must agree.
    public static void Judge(string schema, string value, bool valid)
    {
        var compiled = Of(schema);
        compiled.IsValid(Json(value)).ShouldBe(valid, $"{schema} on {value}");
        (compiled.Validate(Json(value)).Count == 0).ShouldBe(valid, $"{schema} on {value}: {string.Join("; ", compiled.Validate(Json(value)))}");
    }
}
