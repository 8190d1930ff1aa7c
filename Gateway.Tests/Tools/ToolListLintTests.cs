using System.Text.Json;
using Granary.Gateway.Tests.EndToEnd;

namespace Granary.Gateway.Tests.Tools;

/// <summary>Every tool that this gateway lists is one that every provider's converter takes.</summary>
public sealed class ToolListLintTests
{
    private const string Hints = """
        "annotations":{"readOnlyHint":true,"destructiveHint":false,"idempotentHint":true,"openWorldHint":false}
        """;

    [Fact]
    public async Task Every_listed_tool_passes()
    {
        await using var gateway = await RunningGateway.StartAsync();
        var tools = await gateway.Client.ListAsync();
        tools.Keys.ShouldContain("append_event");
        tools.Keys.ShouldContain("manage_events");
        tools.SelectMany(t => ToolListLint.Problems(t.Value).Select(p => $"{t.Key}: {p}")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""{"type":"object","properties":{"a":{"type":["string","null"]}}}""", "inputSchema.a: type is not one name")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"array","items":{"type":["integer","string"]}}}}""", "inputSchema.a.items: type is not one name")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"integer","enum":[5,10]}}}""", "inputSchema.a: an enum of something else than strings")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string","enum":["x",null]}}}""", "inputSchema.a: an enum of something else than strings")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"array"}}}""", "inputSchema.a: an array without items")]
    [InlineData("""{"type":"object","properties":{"a":{"description":"anything"}}}""", "inputSchema.a: a property without a type")]
    [InlineData("""{"type":"object","anyOf":[{"required":["a"]}]}""", "inputSchema: anyOf at the root")]
    [InlineData("""{"type":"object","$ref":"#/$defs/x","$defs":{"x":{"type":"object"}}}""", "inputSchema: $ref at the root")]
    [InlineData("""{"type":"object","properties":{"a":{"anyOf":[{"type":"array"},{"type":"null"}]}}}""", "inputSchema.a.anyOf: an array without items")]
    public void A_schema_that_some_provider_refuses_is_found(string schema, string problem) =>
        Problems($$"""{"name":"a","inputSchema":{{schema}},{{Hints}}}""").ShouldBe([problem]);

    [Fact]
    public void A_missing_hint_a_long_name_and_a_large_definition_are_found()
    {
        Problems("""{"name":"a","inputSchema":{"type":"object"},"annotations":{"readOnlyHint":true,"idempotentHint":true,"openWorldHint":false}}""").ShouldBe(["destructiveHint is missing"]);
        Problems($$"""{"name":"{{new string('a', 41)}}","inputSchema":{"type":"object"},{{Hints}}}""").ShouldHaveSingleItem().ShouldContain("41 characters");
        Problems($$"""{"name":"a","description":"{{new string('a', 4096)}}","inputSchema":{"type":"object"},{{Hints}}}""").ShouldHaveSingleItem().ShouldContain("bytes");
    }

    [Fact]
    public void A_result_is_an_object() =>
        Problems($$"""{"name":"a","inputSchema":{"type":"object"},"outputSchema":{"type":"array","items":{"type":"string"} },{{Hints}} }""")
            .ShouldBe(["outputSchema: the root is not of type object"]);

    private static List<string> Problems(string tool)
    {
        using var document = JsonDocument.Parse(tool);
        return ToolListLint.Problems(document.RootElement);
    }
}
