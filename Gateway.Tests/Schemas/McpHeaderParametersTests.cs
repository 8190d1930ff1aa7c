using Granary.Gateway.Schemas;

namespace Granary.Gateway.Tests.Schemas;

public class McpHeaderParametersTests
{
    [Fact]
    public void M13_annotated_properties_are_found_with_path_and_type()
    {
        var found = McpHeaderParameters.Read(Schema.Json("""
            {"type":"object","properties":{
              "region":{"type":"string","x-mcp-header":"Region"},
              "query":{"type":"string","default":{"x-mcp-header":"data, not an annotation"}},
              "x-mcp-header":{"type":"string","description":"a property that happens to have this name"},
              "paging":{"type":"object","properties":{"limit":{"type":["integer","null"],"x-mcp-header":"Limit"}}},
              "dry":{"type":["null","boolean"],"x-mcp-header":"Dry-Run"}}}
            """));
        found.Select(p => (p.Name, p.Header, string.Join('.', p.Path), p.Type)).ShouldBe([
            ("Region", "Mcp-Param-Region", "region", McpHeaderParameterType.String),
            ("Limit", "Mcp-Param-Limit", "paging.limit", McpHeaderParameterType.Integer),
            ("Dry-Run", "Mcp-Param-Dry-Run", "dry", McpHeaderParameterType.Boolean)]);
    }

    [Fact]
    public void M13_a_schema_without_annotations_has_none() =>
        McpHeaderParameters.Read(Schema.Json("""{"type":"object","properties":{"a":{"items":{"enum":[{"x-mcp-header":"A"}]}}}}""")).ShouldBeEmpty();

    [Theory]
    [InlineData("\"\"")]
    [InlineData("null")]
    [InlineData("5")]
    [InlineData("\"a b\"")]
    [InlineData("\"a:b\"")]
    [InlineData("\"ä\"")]
    [InlineData("\"a\\r\\nb\"")]
    public void M13_the_name_is_a_token(string name) =>
        Error($$"""{"properties":{"a":{"type":"string","x-mcp-header":{{name}} } } }""").ShouldContain("at #/properties/a/x-mcp-header: must be a non-empty string");

    [Theory]
    [InlineData("")]
    [InlineData("""
        "type":"number",
        """)]
    [InlineData("""
        "type":"object",
        """)]
    [InlineData("""
        "type":["string","integer"],
        """)]
    [InlineData("""
        "type":"null",
        """)]
    [InlineData("""
        "type":5,
        """)]
    public void M13_only_text_integers_and_booleans(string type) =>
        Error($$"""{"properties":{"a":{ {{type}}"x-mcp-header":"A"} } }""").ShouldContain("string, integer or boolean");

    [Fact]
    public void M13_names_are_unique_whatever_their_case() =>
        Error("""{"properties":{"a":{"type":"string","x-mcp-header":"Region"},"b":{"type":"string","x-mcp-header":"region"}}}""")
            .ShouldContain("at #/properties/b/x-mcp-header");

    [Theory]
    [InlineData("""{"type":"string","x-mcp-header":"A"}""")]
    [InlineData("""{"properties":{"a":{"items":HERE}}}""")]
    [InlineData("""{"properties":{"a":{"prefixItems":[HERE]}}}""")]
    [InlineData("""{"anyOf":[{"properties":{"a":HERE}}]}""")]
    [InlineData("""{"allOf":[{"properties":{"a":HERE}}]}""")]
    [InlineData("""{"if":{"properties":{"a":HERE}}}""")]
    [InlineData("""{"properties":{"a":{"$ref":"#/$defs/a"}},"$defs":{"a":HERE}}""")]
    [InlineData("""{"patternProperties":{"^a":HERE}}""")]
    [InlineData("""{"additionalProperties":HERE}""")]
    [InlineData("""{"dependentSchemas":{"a":{"properties":{"b":HERE}}}}""")]
    public void M13_the_property_is_reached_through_properties_alone(string schema) =>
        Error(schema.Replace("HERE", """{"type":"string","x-mcp-header":"A"}""")).ShouldContain("through properties alone");

    private static string Error(string schema) => Should.Throw<JsonSchemaException>(() => McpHeaderParameters.Read(Schema.Json(schema))).Message;
}
