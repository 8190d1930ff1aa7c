using Granary.Gateway.Tools;
using ModelContextProtocol.Protocol;

namespace Granary.Conformance.Tests.Fixtures;

internal sealed class SimpleText() : FixtureTool("test_simple_text", "Returns a simple text")
{
    public override ValueTask<ToolResult> CallAsync(ToolCall call) => new(ToolResult.Text("This is a simple text response for testing."));
}

internal sealed class ImageContent() : FixtureTool("test_image_content", "Returns an image")
{
    public override ValueTask<ToolResult> CallAsync(ToolCall call) => new(Content(Image()));
}

internal sealed class AudioContent() : FixtureTool("test_audio_content", "Returns audio")
{
    public override ValueTask<ToolResult> CallAsync(ToolCall call) =>
        new(Content(new AudioContentBlock { Data = System.Text.Encoding.ASCII.GetBytes(Wav), MimeType = "audio/wav" }));
}

internal sealed class EmbeddedResource() : FixtureTool("test_embedded_resource", "Returns an embedded resource")
{
    public override ValueTask<ToolResult> CallAsync(ToolCall call) => new(Content(new EmbeddedResourceBlock
    {
        Resource = new TextResourceContents
        {
            Uri = "test://embedded-resource",
            MimeType = "text/plain",
            Text = "This is an embedded resource content.",
        },
    }));
}

internal sealed class MultipleContentTypes() : FixtureTool("test_multiple_content_types", "Returns text, an image and a resource")
{
    public override ValueTask<ToolResult> CallAsync(ToolCall call) => new(Content(
        new TextContentBlock { Text = "Multiple content types test:" },
        Image(),
        new EmbeddedResourceBlock
        {
            Resource = new TextResourceContents
            {
                Uri = "test://mixed-content-resource",
                MimeType = "application/json",
                Text = """{"test":"data","value":123}""",
            },
        }));
}

internal sealed class ErrorHandling() : FixtureTool("test_error_handling", "Always fails")
{
    public override ValueTask<ToolResult> CallAsync(ToolCall call) => new(ToolResult.Error("This tool intentionally returns an error for testing"));
}

internal sealed class JsonSchemaTool() : FixtureTool("json_schema_2020_12_tool", "Tool with JSON Schema 2020-12 features", """
    {
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "type": "object",
      "$defs": {
        "address": {
          "$anchor": "addressDef",
          "type": "object",
          "properties": { "street": { "type": "string" }, "city": { "type": "string" } }
        }
      },
      "properties": {
        "name": { "type": "string" },
        "address": { "$ref": "#/$defs/address" },
        "contactMethod": { "type": "string", "enum": ["phone", "email"] },
        "phone": { "type": "string" },
        "email": { "type": "string" }
      },
      "allOf": [ { "anyOf": [ { "required": ["phone"] }, { "required": ["email"] } ] } ],
      "if": { "properties": { "contactMethod": { "const": "phone" } }, "required": ["contactMethod"] },
      "then": { "required": ["phone"] },
      "else": { "required": ["email"] },
      "additionalProperties": false
    }
    """)
{
    public override ValueTask<ToolResult> CallAsync(ToolCall call) => new(ToolResult.Text("valid"));
}

internal sealed class HeaderParameter() : FixtureTool("test_header_parameter", "Takes a parameter that clients repeat in a header", """
    {"type":"object","properties":{"region":{"type":"string","x-mcp-header":"Region"}},"required":["region"]}
    """)
{
    public override ValueTask<ToolResult> CallAsync(ToolCall call) => new(ToolResult.Text(call.Arguments.GetProperty("region").GetString()!));
}
