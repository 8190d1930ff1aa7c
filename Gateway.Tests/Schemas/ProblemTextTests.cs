using Granary.Gateway.Schemas;

namespace Granary.Gateway.Tests.Schemas;

public class ProblemTextTests
{
    [Theory]
    [InlineData("""{"properties":{"limit":{"type":"integer"}}}""", """{"limit":"5"}""", "limit: must be an integer, got a string")]
    [InlineData("""{"properties":{"limit":{"type":"integer"}}}""", """{"limit":2.5}""", "limit: must be an integer, got a number with a fraction")]
    [InlineData("""{"properties":{"limit":{"type":["integer","string","null"]}}}""", """{"limit":[]}""", "limit: must be a string, an integer or null, got an array")]
    [InlineData("""{"required":["event_type"]}""", "{}", "event_type is required")]
    [InlineData("""{"properties":{"a":{"items":{"required":["b"]}}}}""", """{"a":[{"b":1},{}]}""", "a[1].b is required")]
    [InlineData("""{"dependentRequired":{"from":["to"]}}""", """{"from":1}""", "to is required when from is given")]
    [InlineData("""{"type":"object"}""", "[]", "arguments: must be an object, got an array")]
    [InlineData("""{"properties":{"a":{},"b":{}},"additionalProperties":false}""", """{"c d":1}""", "[\"c d\"] is an unknown property; known are a, b")]
    [InlineData("""{"additionalProperties":false}""", """{"c":1}""", "c is an unknown property; leave it out")]
    [InlineData("""{"properties":{"event_type":{},"b":{}},"additionalProperties":false}""", """{"eventTypes":1}""", "eventTypes is an unknown property; did you mean 'event_type'? Known are event_type, b")]
    [InlineData("""{"properties":{"a":{"anyOf":[{"type":"integer","minimum":1},{"type":"null"}]}}}""", """{"a":0}""", "a: must be at least 1")]
    [InlineData("""{"properties":{"a":false}}""", """{"a":1}""", "a: is not allowed here; leave it out")]
    [InlineData("""{"properties":{"a":{"enum":["x","y",3]}}}""", """{"a":"z"}""", "a: must be one of \"x\", \"y\", 3")]
    [InlineData("""{"properties":{"a":{"const":true}}}""", """{"a":"z"}""", "a: must be true")]
    [InlineData("""{"properties":{"a":{"minimum":1}}}""", """{"a":0}""", "a: must be at least 1")]
    [InlineData("""{"properties":{"a":{"exclusiveMaximum":1}}}""", """{"a":1}""", "a: must be less than 1")]
    [InlineData("""{"properties":{"a":{"multipleOf":0.5}}}""", """{"a":0.7}""", "a: must be a multiple of 0.5")]
    [InlineData("""{"properties":{"a":{"minLength":1}}}""", """{"a":""}""", "a: must not be empty")]
    [InlineData("""{"properties":{"a":{"maxLength":3}}}""", """{"a":"äöüß"}""", "a: must have at most 3 characters, got 4; shorten it")]
    [InlineData("""{"properties":{"a":{"pattern":"^x$"}}}""", """{"a":"y"}""", "a: must match the pattern ^x$")]
    [InlineData("""{"maxProperties":1}""", """{"a":1,"b":2}""", "arguments: must have at most 1 property, got 2")]
    [InlineData("""{"minItems":2}""", "[1]", "arguments: must have at least 2 items, got 1")]
    [InlineData("""{"uniqueItems":true}""", "[1,2,1]", "arguments: must not list a value twice; item 2 repeats an earlier one")]
    [InlineData("""{"contains":{"const":1}}""", "[2]", "arguments: must contain at least 1 matching item, got 0")]
    [InlineData("""{"propertyNames":{"maxLength":1}}""", """{"ab":1}""", "ab is not an allowed property name here")]
    [InlineData("""{"anyOf":[{"required":["a"]},{"required":["b","c"]}]}""", "{}",
        "arguments: must match at least one of 2 alternatives, matches none; the nearest fails because a is required")]
    [InlineData("""{"oneOf":[{"minimum":1},{"minimum":2}]}""", "3",
        "arguments: must match exactly one of 2 alternatives, matches several; make clear which one is meant")]
    [InlineData("""{"not":{"type":"null"}}""", "null", "arguments: must not match the schema at #/not")]
    [InlineData("{}", """{"a":1,"a":2}""", "a appears more than once in its object; send it once")]
    public void One_sentence_names_place_limit_and_fix(string schema, string value, string problem) =>
        Schema.Problems(schema, value).ShouldBe([problem]);

    [Fact]
    public void All_problems_come_in_one_pass()
    {
        var problems = Schema.Problems(
            """{"type":"object","properties":{"a":{"type":"string"},"b":{"minimum":1}},"required":["a","b","c"],"additionalProperties":false}""",
            """{"a":1,"b":0,"d":0}""");
        problems.ShouldBe(["c is required", "a: must be a string, got a number", "b: must be at least 1", "d is an unknown property; known are a, b"]);
    }

    [Fact]
    public void A_name_twice_hides_no_other_problem() =>
        Schema.Problems("""{"required":["b"]}""", """{"a":1,"a":2}""").ShouldBe(["a appears more than once in its object; send it once", "b is required"]);

    [Fact]
    public void A_wrong_type_silences_the_rest_of_its_schema() =>
        Schema.Problems("""{"properties":{"a":{"type":"string","enum":["x"]}}}""", """{"a":1}""").ShouldHaveSingleItem();

    [Fact]
    public void The_list_has_an_end()
    {
        var problems = Schema.Of("""{"items":{"type":"string"}}""").Validate(Schema.Json($"[{string.Join(',', Enumerable.Range(0, 1000))}]"));
        problems.Count.ShouldBe(JsonSchema.MaxProblems);
        problems[3].Path.ShouldBe("[3]");
    }

    [Fact]
    public void A_long_name_is_cut() =>
        Schema.Problems("""{"additionalProperties":false}""", $$"""{"{{new string('x', 5000)}}":1}""")[0].Length.ShouldBeLessThan(200);

    [Fact]
    public void The_value_itself_has_the_name_the_caller_gives() =>
        Schema.Of("""{"type":"object"}""").Validate(Schema.Json("1"), "structuredContent")[0].ToString()
            .ShouldBe("structuredContent: must be an object, got a number");
}
