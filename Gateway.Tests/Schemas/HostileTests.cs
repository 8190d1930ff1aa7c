using System.Text;
using System.Text.Json;
using Granary.Gateway.Schemas;

namespace Granary.Gateway.Tests.Schemas;

[Trait("Kind", "Hostile")]
public class HostileTests
{
    [Theory]
    [InlineData("""{"$ref":"#"}""")]
    [InlineData("""{"allOf":[{"$ref":"#/$defs/a"}],"$defs":{"a":{"anyOf":[{"not":{"$ref":"#"}}]}}}""")]
    [InlineData("""{"dependentSchemas":{"a":{"$ref":"#"}}}""")]
    public void Endless_circles_are_refused(string schema) => Schema.Refused(schema).Message.ShouldContain("without end");

    [Fact]
    public void Composition_that_multiplies_is_refused()
    {
        var levels = Enumerable.Range(0, 30).Select(i => $$"""
            "l{{i}}":{"anyOf":[{"$ref":"#/$defs/l{{i + 1}}"},{"$ref":"#/$defs/l{{i + 1}}"}]}
            """);
        Schema.Refused($$$$"""{"$ref":"#/$defs/l0","$defs":{ {{{{string.Join(',', levels)}}}},"l30":{"type":"null"}}}""")
            .Message.ShouldContain("combines more than");
    }

    [Fact]
    public void A_long_chain_of_references_is_refused()
    {
        var links = Enumerable.Range(0, 100).Select(i => $$"""
            "l{{i}}":{"$ref":"#/$defs/l{{i + 1}}"}
            """);
        Schema.Refused($$$"""{"$ref":"#/$defs/l0","$defs":{ {{{string.Join(',', links)}}},"l100":true}}""").Message.ShouldContain("levels deep");
    }

    [Fact]
    public void Too_many_schemas_are_refused() =>
        Schema.Refused($$"""{"anyOf":[{{string.Join(',', Enumerable.Repeat("{}", 6_000))}}]}""").Message.ShouldContain("more than 5000 schemas");

    [Fact]
    public Task Work_that_doubles_with_each_level_is_given_up() => EndsAsync(() =>
    {
        // Every level checks the next one twice: 2^60 steps.
        var schema = Schema.Of("""{"allOf":[{"properties":{"a":{"$ref":"#"}}},{"properties":{"a":{"$ref":"#"}}}]}""");
        var value = new StringBuilder().Insert(0, """{"a":""", 60).Append('1').Append('}', 60).ToString();
        schema.Validate(Schema.Json(value)).ShouldHaveSingleItem().Message.ShouldContain("too much work");
    });

    [Fact]
    public void Giving_up_is_not_turned_into_yes_by_a_negation()
    {
        var schema = Schema.Of(
            """{"not":{"$ref":"#/$defs/n"},"$defs":{"n":{"allOf":[{"properties":{"a":{"$ref":"#/$defs/n"}}},{"properties":{"a":{"$ref":"#/$defs/n"}}}]}}}""");
        schema.IsValid(Schema.Json(new StringBuilder().Insert(0, """{"a":""", 60).Append('1').Append('}', 60).ToString())).ShouldBeFalse();
    }

    [Theory]
    [InlineData("(?=a)b")]
    [InlineData("(a)\\\\1")]
    [InlineData("(a{1000}){1000}")]
    [InlineData("((a|b|ab)*c{0,900}){0,900}")]
    public void Patterns_that_could_take_forever_are_refused(string pattern) =>
        Schema.Refused($$"""{"pattern":"{{pattern}}"}""").Message.ShouldContain("forever");

    [Fact]
    public Task A_pattern_takes_time_in_proportion_to_the_text() => EndsAsync(() =>
        Schema.Of("""{"pattern":"^(a+)+$"}""").IsValid(Schema.Json($"\"{new string('a', 500_000)}b\"")).ShouldBeFalse());

    [Fact]
    public void Deep_values_get_a_sentence()
    {
        var value = Schema.Json(new string('[', 200) + new string(']', 200), maxDepth: 300);
        Schema.Of("""{"items":{"$ref":"#"}}""").Validate(value).ShouldHaveSingleItem().Message.ShouldContain("nested deeper than 64 levels");
    }

    [Fact]
    public Task A_number_of_many_digits_costs_linear_time() => EndsAsync(() =>
    {
        var value = Schema.Json("1" + new string('0', 20_000_000) + "7");
        Schema.Of("""{"type":"integer","maximum":5,"multipleOf":7}""").IsValid(value).ShouldBeFalse();
        Schema.Of("""{"multipleOf":7}""").IsValid(value).ShouldBeFalse();
        Schema.Of("""{"type":"integer"}""").IsValid(value).ShouldBeTrue();
    });

    [Fact]
    public Task A_million_items_are_unique_in_linear_time() => EndsAsync(() =>
        Schema.Judge("""{"uniqueItems":true}""", $"[{string.Join(',', Enumerable.Range(0, 1_000_000))}]", true));

    [Theory]
    [InlineData("""{"a":1,"\u0061":2}""")]
    [InlineData("""{"\u0061":1,"a":2}""")]
    [InlineData("""{"x":[{"b":{"a":1,"c":2,"a":3}}]}""")]
    [InlineData("""{"1":0,"2":0,"3":0,"4":0,"5":0,"6":0,"7":0,"8":0,"9":0,"10":0,"11":0,"12":0,"13":0,"1":0}""")]
    public void A_name_twice_is_a_problem_however_it_is_written(string value)
    {
        Schema.Judge("{}", value, false);
        Schema.Problems("{}", value).ShouldHaveSingleItem().ShouldContain("appears more than once");
    }

    [Theory]
    [InlineData("\"\\uD800\"")]
    [InlineData("{\"a\":[\"\\uDC00x\"]}")]
    [InlineData("{\"\\uD800\":1}")]
    public void Half_a_character_is_a_problem(string value) => Schema.Problems("{}", value).ShouldHaveSingleItem().ShouldContain("Unicode");

    [Fact]
    public void Bytes_that_are_not_UTF8_are_a_problem()
    {
        using var document = JsonDocument.Parse(new byte[] { (byte)'"', 0xC3, 0x28, (byte)'"' });
        Schema.Of("""{"maxLength":10}""").Validate(document.RootElement).ShouldHaveSingleItem().Message.ShouldContain("Unicode");
    }

    [Fact]
    public void An_absent_element_is_a_problem() => Schema.Of("{}").Validate(default).ShouldHaveSingleItem().Message.ShouldBe("arguments: is missing");

    [Fact]
    public void A_valid_small_value_allocates_nothing()
    {
        var schema = Schema.Of(
            """{"type":"object","properties":{"a":{"type":"string","maxLength":9,"pattern":"^[a-z]+$"},"b":{"type":"integer","minimum":0},"c":{"enum":["x",1]}},"required":["a"],"additionalProperties":false}""");
        var value = Schema.Json("""{"a":"abc","b":3,"c":"x"}""");
        for (var i = 0; i < 100; i++)
            schema.Validate(value);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
            schema.Validate(value);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1_000);
    }

    [Fact]
    public void A_compiled_schema_outlives_its_document()
    {
        JsonSchema schema;
        using (var document = JsonDocument.Parse("""{"enum":[1,{"a":2}]}"""))
            schema = JsonSchema.Compile(document.RootElement);
        schema.IsValid(Schema.Json("""{"a":2}""")).ShouldBeTrue();
    }

    /// <summary>The sizes are such that anything worse takes hours, on any machine.</summary>
    private static Task EndsAsync(Action check) => Task.Run(check).WaitAsync(TimeSpan.FromMinutes(10));
}
