namespace Granary.Gateway.Tests.Schemas;

public class CompileErrorTests
{
    [Theory]
    [InlineData("5", "#")]
    [InlineData("""{"type":"text"}""", "#/type")]
    [InlineData("""{"type":[]}""", "#/type")]
    [InlineData("""{"type":["string","string"]}""", "#/type")]
    [InlineData("""{"type":{}}""", "#/type")]
    [InlineData("""{"properties":[]}""", "#/properties")]
    [InlineData("""{"properties":{"a/b":{"type":"x"}}}""", "#/properties/a~1b/type")]
    [InlineData("""{"properties":{"a":7}}""", "#/properties/a")]
    [InlineData("""{"patternProperties":{"(":{}}}""", "#/patternProperties")]
    [InlineData("""{"required":"a"}""", "#/required")]
    [InlineData("""{"required":["a","a"]}""", "#/required")]
    [InlineData("""{"required":[1]}""", "#/required")]
    [InlineData("""{"dependentRequired":{"a":"b"}}""", "#/dependentRequired")]
    [InlineData("""{"minLength":-1}""", "#/minLength")]
    [InlineData("""{"maxLength":1.5}""", "#/maxLength")]
    [InlineData("""{"maxItems":"1"}""", "#/maxItems")]
    [InlineData("""{"minimum":"1"}""", "#/minimum")]
    [InlineData("""{"exclusiveMinimum":true}""", "#/exclusiveMinimum")]
    [InlineData("""{"multipleOf":0}""", "#/multipleOf")]
    [InlineData("""{"multipleOf":1e999999}""", "#/multipleOf")]
    [InlineData("""{"enum":[]}""", "#/enum")]
    [InlineData("""{"enum":"a"}""", "#/enum")]
    [InlineData("""{"items":[{}]}""", "#/items")]
    [InlineData("""{"allOf":[]}""", "#/allOf")]
    [InlineData("""{"anyOf":{}}""", "#/anyOf")]
    [InlineData("""{"anyOf":[1]}""", "#/anyOf/0")]
    [InlineData("""{"not":null}""", "#/not")]
    [InlineData("""{"uniqueItems":1}""", "#/uniqueItems")]
    [InlineData("""{"pattern":"["}""", "#/pattern")]
    [InlineData("""{"pattern":5}""", "#/pattern")]
    [InlineData("""{"description":5}""", "#/description")]
    [InlineData("""{"deprecated":"yes"}""", "#/deprecated")]
    [InlineData("""{"examples":5}""", "#/examples")]
    [InlineData("""{"$defs":{"unused":{"type":"x"}}}""", "#/$defs/unused/type")]
    [InlineData("""{"$schema":"http://json-schema.org/draft-07/schema#"}""", "#/$schema")]
    [InlineData("""{"$ref":5}""", "#/$ref")]
    [InlineData("""{"$ref":"#/$defs/none"}""", "#/$ref")]
    [InlineData("""{"$ref":"#none"}""", "#/$ref")]
    [InlineData("""{"$ref":"https://example.org/schema.json"}""", "#/$ref")]
    [InlineData("""{"$ref":"other.json#/a"}""", "#/$ref")]
    [InlineData("""{"$ref":"#/title","title":"a"}""", "#/title")]
    [InlineData("""{"$defs":{"a":{"$anchor":"x"},"b":{"$anchor":"x"}}}""", "#/$defs/b/$anchor")]
    [InlineData("""{"$anchor":"1x"}""", "#/$anchor")]
    [InlineData("""{"properties":{"a":{"$id":"https://example.org/"}}}""", "#/properties/a/$id")]
    [InlineData("""{"$id":"https://example.org/#a"}""", "#/$id")]
    public void The_place_is_named(string schema, string pointer)
    {
        var error = Schema.Refused(schema);
        error.Pointer.ShouldBe(pointer);
        error.Message.ShouldStartWith($"The schema is wrong at {pointer}: ");
        error.Message.ShouldEndWith(".");
    }

    [Fact]
    public void A_name_twice_in_the_schema_is_refused() =>
        Schema.Refused("""{"properties":{"a":{},"a":{}}}""").Message.ShouldContain("properties.a appears more than once");
}
