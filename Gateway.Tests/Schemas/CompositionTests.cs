namespace Granary.Gateway.Tests.Schemas;

public class CompositionTests
{
    [Theory]
    [InlineData("""{"allOf":[{"minimum":1},{"maximum":3}]}""", "2", true)]
    [InlineData("""{"allOf":[{"minimum":1},{"maximum":3}]}""", "4", false)]
    [InlineData("""{"anyOf":[{"type":"string"},{"minimum":3}]}""", "4", true)]
    [InlineData("""{"anyOf":[{"type":"string"},{"minimum":3}]}""", "2", false)]
    [InlineData("""{"oneOf":[{"minimum":1},{"maximum":3}]}""", "4", true)]
    [InlineData("""{"oneOf":[{"minimum":1},{"maximum":3}]}""", "2", false)]
    [InlineData("""{"not":{"type":"string"}}""", "1", true)]
    [InlineData("""{"not":{"type":"string"}}""", "\"1\"", false)]
    [InlineData("""{"if":{"minimum":10},"then":{"multipleOf":10},"else":{"multipleOf":2}}""", "20", true)]
    [InlineData("""{"if":{"minimum":10},"then":{"multipleOf":10},"else":{"multipleOf":2}}""", "12", false)]
    [InlineData("""{"if":{"minimum":10},"then":{"multipleOf":10},"else":{"multipleOf":2}}""", "3", false)]
    [InlineData("""{"then":false,"else":false}""", "3", true)]
    public void Composition(string schema, string value, bool valid) => Schema.Judge(schema, value, valid);

    [Theory]
    [InlineData("""{"$ref":"#/$defs/a","$defs":{"a":{"type":"integer"}}}""", "1", true)]
    [InlineData("""{"$ref":"#/$defs/a","$defs":{"a":{"type":"integer"}}}""", "\"1\"", false)]
    [InlineData("""{"$ref":"#a","$defs":{"x":{"$anchor":"a","type":"integer"}}}""", "\"1\"", false)]
    [InlineData("""{"$ref":"#/$defs/a~1b%20c~0","$defs":{"a/b c~":{"type":"integer"}}}""", "\"1\"", false)]
    [InlineData("""{"$ref":"#/definitions/a","definitions":{"a":{"$ref":"#/definitions/b"},"b":{"type":"integer"}}}""", "\"1\"", false)]
    [InlineData("""{"$id":"https://example.org/s","$ref":"https://example.org/s#/$defs/a","$defs":{"a":{"type":"integer"}}}""", "\"1\"", false)]
    [InlineData("""{"allOf":[{"type":"array"},{"$ref":"#/allOf/2"},{"minItems":1}]}""", "[]", false)]
    [InlineData("""{"properties":{"next":{"$ref":"#"}},"additionalProperties":false}""", """{"next":{"next":{}}}""", true)]
    [InlineData("""{"properties":{"next":{"$ref":"#"}},"additionalProperties":false}""", """{"next":{"next":{"x":1}}}""", false)]
    [InlineData("""{"$dynamicAnchor":"node","items":{"$dynamicRef":"#node"},"type":"array"}""", "[[],[1]]", false)]
    [InlineData("""{"$schema":"https://json-schema.org/draft/2020-12/schema","$ref":"#/$defs/a","minimum":3,"$defs":{"a":true}}""", "1", false)]
    public void References(string schema, string value, bool valid) => Schema.Judge(schema, value, valid);

    [Fact]
    public void Unknown_keywords_are_annotations() =>
        Schema.Judge("""{"x-mcp-header":5,"additionalItems":3,"properties":{"a":{"x-y":[],"default":1,"examples":[2],"format":"date"}}}""", """{"a":"no date"}""", true);
}
