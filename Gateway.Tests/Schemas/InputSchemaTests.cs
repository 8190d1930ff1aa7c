using System.Text.Json;
using Granary.Gateway.Schemas;

namespace Granary.Gateway.Tests.Schemas;

/// <summary>What clients send: unknown names are refused, and a wrong form is taken where the meaning is beyond doubt.</summary>
public sealed class InputSchemaTests
{
    private const string Everything = """
        {"type":"object","properties":{
          "text":{"type":"string"},"count":{"type":"integer","minimum":1},"ratio":{"type":"number"},"flag":{"type":"boolean"},
          "object":{"type":"object","properties":{"inner":{"type":"integer"}}},"list":{"type":"array","items":{"type":"integer"}},
          "maybe":{"anyOf":[{"type":"object"},{"type":"null"}]},"either":{"type":["string","integer"]},"any":{}
        },"required":["text"]}
        """;

    [Theory]
    [InlineData("""{"text":"a","count":"5"}""", """{"text":"a","count":5}""")]
    [InlineData("""{"text":"a","count":" 5 "}""", """{"text":"a","count":5}""")]
    [InlineData("""{"text":"a","ratio":"0.50"}""", """{"text":"a","ratio":0.50}""")]
    [InlineData("""{"text":"a","flag":"true"}""", """{"text":"a","flag":true}""")]
    [InlineData("""{"text":"a","flag":"False"}""", """{"text":"a","flag":false}""")]
    [InlineData("""{"text":"a","object":"{\"b\":[1,2.0]}"}""", """{"text":"a","object":{"b":[1,2.0]}}""")]
    [InlineData("""{"text":"a","object":"\"{}\""}""", """{"text":"a","object":{}}""")]
    [InlineData("""{"text":"a","object":{"inner":"7"}}""", """{"text":"a","object":{"inner":7}}""")]
    [InlineData("""{"text":"a","list":"[1,2]"}""", """{"text":"a","list":[1,2]}""")]
    [InlineData("""{"text":"a","list":["1",2]}""", """{"text":"a","list":[1,2]}""")]
    [InlineData("""{"text":"a","list":"[\"1\"]"}""", """{"text":"a","list":[1]}""")]
    [InlineData("""{"text":"a","maybe":"{}"}""", """{"text":"a","maybe":{}}""")]
    [InlineData("""{"text":"a","count":null,"object":null}""", """{"text":"a"}""")]
    [InlineData("""{"text":"a","maybe":null}""", """{"text":"a","maybe":null}""")]
    [InlineData("""{"text":"a","any":null}""", """{"text":"a","any":null}""")]
    public void What_is_meant_beyond_doubt_is_taken(string given, string taken)
    {
        Read(given, out var value).ShouldBeEmpty();
        value.GetRawText().ShouldBe(taken);
    }

    [Theory]
    [InlineData("""{"text":"5","any":"{}","either":"5"}""")]
    [InlineData("""{"text":"{\"a\":1}"}""")]
    [InlineData("""{"text":"true","any":"null"}""")]
    public void A_string_stays_one_where_a_string_is_right(string given)
    {
        Read(given, out var value).ShouldBeEmpty();
        value.GetRawText().ShouldBe(given);
    }

    [Theory]
    [InlineData("""{"text":7}""", "text: must be a string, got a number")]
    [InlineData("""{"text":null}""", "text: must be a string, got null")]
    [InlineData("""{"text":"a","count":"five"}""", "count: must be an integer, got a string")]
    [InlineData("""{"text":"a","count":"5 apples"}""", "count: must be an integer, got a string")]
    [InlineData("""{"text":"a","count":"+5"}""", "count: must be an integer, got a string")]
    [InlineData("""{"text":"a","count":""}""", "count: must be an integer, got a string")]
    [InlineData("""{"text":"a","count":"0"}""", "count: must be at least 1")]
    [InlineData("""{"text":"a","count":true}""", "count: must be an integer, got a boolean")]
    [InlineData("""{"text":"a","flag":"yes"}""", "flag: must be a boolean, got a string")]
    [InlineData("""{"text":"a","flag":1}""", "flag: must be a boolean, got a number")]
    [InlineData("""{"text":"a","object":"[1]"}""", "object: must be an object, got a string")]
    [InlineData("""{"text":"a","object":"{'a':1}"}""", "object: must be an object, got a string")]
    [InlineData("""{"text":"a","list":"1,2"}""", "list: must be an array, got a string")]
    [InlineData("""{"text":"a","list":"5"}""", "list: must be an array, got a string")]
    [InlineData("""{"text":"a","object":"{\"b\":1,\"b\":2}"}""", "object.b appears more than once in its object; send it once")]
    [InlineData("""{"text":"a","counts":1}""", "counts is an unknown property; did you mean 'count'? Known are text, count, ratio, flag, object, list, maybe, either, any")]
    [InlineData("""{"text":"a","colour":1}""", "colour is an unknown property; known are text, count, ratio, flag, object, list, maybe, either, any")]
    public void What_is_open_to_doubt_is_refused_in_a_sentence(string given, string problem) => Read(given, out _).ShouldBe([problem]);

    [Fact]
    public void Half_a_character_inside_a_string_of_json_is_refused() =>
        Read("""{"text":"a","object":"{\"b\":\"\\ud800\"}"}""", out _).ShouldHaveSingleItem().ShouldContain("Unicode");

    [Fact]
    public void Deep_nesting_inside_a_string_of_json_is_refused()
    {
        var deep = JsonSerializer.Serialize($"{{\"a\":{new string('[', 500)}{new string(']', 500)}}}");
        Read($$"""{"text":"a","object":{{deep}}}""", out _).ShouldHaveSingleItem().ShouldContain("object");
    }

    [Fact]
    public void A_schema_that_says_itself_what_further_names_may_be_decides()
    {
        var open = InputSchema.Parse("""{"type":"object","properties":{"a":{}},"additionalProperties":{"type":"integer"}}""");
        open.Read(Schema.Json("""{"b":1}"""), out _).ShouldBeEmpty();
        open.Read(Schema.Json("""{"b":"x"}"""), out _).ShouldHaveSingleItem();
    }

    [Fact]
    public void A_property_that_takes_anything_is_not_judged()
    {
        using var document = JsonDocument.Parse(Everything);
        var schema = new InputSchema(document.RootElement, ["count"]);
        schema.Read(Schema.Json("""{"text":"a","count":"five"}"""), out var taken).ShouldBeEmpty();
        taken.GetProperty("count").GetString().ShouldBe("five");
    }

    private static List<string> Read(string given, out JsonElement taken) =>
        [.. InputSchema.Parse(Everything).Read(Schema.Json(given), out taken).Select(p => p.Message)];
}
