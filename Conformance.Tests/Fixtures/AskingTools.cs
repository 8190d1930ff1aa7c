using Granary.Gateway.Tools;

namespace Granary.Conformance.Tests.Fixtures;

internal sealed class Sampling() : FixtureTool("test_sampling", "Asks the client's model", """
    {"type":"object","properties":{"prompt":{"type":"string"}},"required":["prompt"]}
    """)
{
    public override async ValueTask<ToolResult> CallAsync(ToolCall call)
    {
        var answer = await call.AskAsync("sampling", AskModel(call.Arguments.GetProperty("prompt").GetString()!, 100));
        return ToolResult.Text($"LLM response: {Answers.SampledText(answer)}");
    }
}

internal sealed class MissingCapability() : FixtureTool("test_missing_capability", "Needs sampling, for every client")
{
    public override async ValueTask<ToolResult> CallAsync(ToolCall call)
    {
        var answer = await call.AskAsync("sampling", AskModel("Say anything", 10));
        return ToolResult.Text(Answers.SampledText(answer));
    }
}

internal sealed class Elicitation() : FixtureTool("test_elicitation", "Asks the user", """
    {"type":"object","properties":{"message":{"type":"string"}},"required":["message"]}
    """)
{
    public override async ValueTask<ToolResult> CallAsync(ToolCall call)
    {
        var message = System.Text.Json.JsonSerializer.Serialize(call.Arguments.GetProperty("message").GetString());
        var answer = await call.AskAsync("user", Ask($$$$"""
            {"method":"elicitation/create","params":{"message":{{{{message}}}},"requestedSchema":{"type":"object","properties":{
              "username":{"type":"string","description":"User's response"},"email":{"type":"string","description":"User's email address"}},
              "required":["username","email"]}}}
            """));
        return ToolResult.Text($"User response: {Answers.Describe(answer)}");
    }
}

internal sealed class ElicitationDefaults() : FixtureTool("test_elicitation_sep1034_defaults", "Asks with default values")
{
    public override async ValueTask<ToolResult> CallAsync(ToolCall call)
    {
        var answer = await call.AskAsync("user", Ask("""
            {"method":"elicitation/create","params":{"message":"Check these values","requestedSchema":{"type":"object","properties":{
              "name":{"type":"string","default":"John Doe"},
              "age":{"type":"integer","default":30},
              "score":{"type":"number","default":95.5},
              "status":{"type":"string","enum":["active","inactive","pending"],"default":"active"},
              "verified":{"type":"boolean","default":true}},"required":[]}}}
            """));
        return ToolResult.Text($"Elicitation completed: {Answers.Describe(answer)}");
    }
}

internal sealed class ElicitationEnums() : FixtureTool("test_elicitation_sep1330_enums", "Asks with every kind of choice")
{
    public override async ValueTask<ToolResult> CallAsync(ToolCall call)
    {
        var answer = await call.AskAsync("user", Ask("""
            {"method":"elicitation/create","params":{"message":"Choose","requestedSchema":{"type":"object","properties":{
              "untitledSingle":{"type":"string","enum":["option1","option2","option3"]},
              "titledSingle":{"type":"string","oneOf":[{"const":"value1","title":"First Option"},{"const":"value2","title":"Second Option"},{"const":"value3","title":"Third Option"}]},
              "legacyEnum":{"type":"string","enum":["opt1","opt2","opt3"],"enumNames":["Option One","Option Two","Option Three"]},
              "untitledMulti":{"type":"array","items":{"type":"string","enum":["option1","option2","option3"]}},
              "titledMulti":{"type":"array","items":{"anyOf":[{"const":"value1","title":"First Choice"},{"const":"value2","title":"Second Choice"},{"const":"value3","title":"Third Choice"}]}}
              },"required":[]}}}
            """));
        return ToolResult.Text($"Elicitation completed: {Answers.Describe(answer)}");
    }
}

internal sealed class StreamingElicitation() : FixtureTool("test_streaming_elicitation", "Reports progress, then asks the user")
{
    public override async ValueTask<ToolResult> CallAsync(ToolCall call)
    {
        await call.ReportProgressAsync(1, 2);
        var answer = await call.AskAsync("user_name", AskForName());
        return ToolResult.Text($"Hello, {Answers.Field(answer, "name")}!");
    }
}
