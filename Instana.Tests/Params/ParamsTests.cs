using System.Text;
using Granary.Instana.Operations;
using Granary.Instana.Params;

namespace Granary.Instana.Tests.Params;

public class ParamsTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 10, 12, 0, 0, TimeSpan.Zero);

    private static readonly InstanaOperationDefinition Operation = new("op", "", [
        new("name", ParameterKind.Text, "a name") { MaxLength = 10 },
        new("event_id", ParameterKind.Id, "an id") { MaxLength = 8 },
        new("ids", ParameterKind.IdList, "ids") { MaxItems = 3, MaxLength = 8 },
        new("count", ParameterKind.Integer, "how many") { Minimum = 1, Maximum = 1000 },
        new("flag", ParameterKind.Flag, "yes or no"),
        new("kind", ParameterKind.Choice, "which") { Choices = ["SERVICE", "HOST"] },
        new("kinds", ParameterKind.ChoiceList, "which") { Choices = ["INCIDENT", "ISSUE"], MaxItems = 2 },
        new("filters", ParameterKind.Group, "nested"),
    ]);

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("\"\"")]
    [InlineData("\"{}\"")]
    [InlineData("""{"name":null,"ids":[],"kind":"","flag":" "}""")]
    public void Nothing_can_be_said_in_many_ways(string json)
    {
        var bound = Bind(json);
        bound.Problems.ShouldBeEmpty();
        bound.Has("name").ShouldBeFalse();
        bound.Has("kind").ShouldBeFalse();
    }

    [Theory]
    [InlineData("None")]
    [InlineData("null")]
    [InlineData("NULL")]
    [InlineData("undefined")]
    [InlineData("")]
    [InlineData("*")]
    [InlineData("nil")]
    [InlineData("n/a")]
    public void A_word_for_nothing_counts_as_not_given_and_is_told(string word)
    {
        foreach (var field in new[] { "name", "event_id", "count", "flag", "kind", "kinds", "ids" })
        {
            var bound = Bind($$"""{"{{field}}":"{{word}}"}""");
            bound.Problems.ShouldBeEmpty();
            bound.Has(field).ShouldBeFalse();
            bound.Warnings.ShouldHaveSingleItem().ShouldContain($"'{field}' was '{word}'");
        }
        Bind($$"""{"filters":{"kind":"{{word}}"} }""").Warnings.ShouldHaveSingleItem().ShouldContain("filters.kind");
    }

    [Theory]
    [InlineData("[]", "must be a JSON object")]
    [InlineData("7", "must be a JSON object")]
    [InlineData("\"[1]\"", "must be a JSON object")]
    [InlineData("\"{\"", "is not valid JSON")]
    [InlineData("{", "is not valid JSON")]
    [InlineData("{} {}", "is not valid JSON")]
    [InlineData("""{"name":"a","name":"b"}""", "the key 'name' twice")]
    [InlineData("""{"filters":{"count":1,"count":2}}""", "the key 'count' twice")]
    [InlineData("""{"name":"a","n\u0061me":"b"}""", "the key 'name' twice")]
    public void What_is_no_object_is_one_problem_of_params(string json, string reason)
    {
        var problem = Bind(json).Problems.ShouldHaveSingleItem();
        problem.Field.ShouldBe("params");
        problem.Message.ShouldContain(reason);
    }

    [Fact]
    public void Depth_size_and_encoding_have_limits()
    {
        Bind(Nested(15)).Problems.ShouldHaveSingleItem().Field.ShouldBe("x");
        Bind(Nested(16)).Problems.ShouldHaveSingleItem().Message.ShouldContain("at most 16 levels");
        Bind(Nested(5000)).Problems.ShouldHaveSingleItem().Message.ShouldContain("at most 16 levels");
        Bind("{\"name\":\"" + new string('x', 256 * 1024) + "\"}").Problems.ShouldHaveSingleItem().Message.ShouldContain("at most 256 KiB");
        ParamsBinder.Bind(new byte[] { (byte)'{', (byte)'"', 0xFF, (byte)'"', (byte)':', (byte)'1', (byte)'}' }, Operation.Parameters, default, Now)
            .Problems.ShouldHaveSingleItem().Field.ShouldBe("params");
        Bind("""{"name":"\ud800"}""").Problems.ShouldHaveSingleItem().Field.ShouldBe("params");
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("\"yes\"", true)]
    [InlineData("\"On\"", true)]
    [InlineData("1", true)]
    [InlineData("\"false\"", false)]
    [InlineData("\"NO\"", false)]
    [InlineData("\"off\"", false)]
    [InlineData("0", false)]
    public void A_flag_has_many_spellings(string value, bool expected) => Bind($$"""{"flag":{{value}}}""").Flag("flag").ShouldBe(expected);

    [Theory]
    [InlineData("1", 1)]
    [InlineData("1000", 1000)]
    [InlineData("\"20\"", 20)]
    [InlineData("20.0", 20)]
    public void A_number_may_be_a_string(string value, long expected) => Bind($$"""{"count":{{value}}}""").Number("count").ShouldBe(expected);

    [Theory]
    [InlineData("count", "0", "from 1 to 1000")]
    [InlineData("count", "1001", "from 1 to 1000")]
    [InlineData("count", "1.5", "whole number")]
    [InlineData("count", "\"many\"", "whole number")]
    [InlineData("count", "1e400", "whole number")]
    [InlineData("count", "[1]", "whole number")]
    [InlineData("count", "{}", "whole number")]
    [InlineData("flag", "\"perhaps\"", "true or false")]
    [InlineData("flag", "2", "true or false")]
    [InlineData("name", "{}", "a string")]
    [InlineData("name", "\"12345678901\"", "at most 10 characters")]
    [InlineData("event_id", "\"123456789\"", "at most 8 characters")]
    [InlineData("event_id", "\"..\"", "not an id")]
    [InlineData("event_id", "\"a/b\"", "not an id")]
    [InlineData("event_id", "\"a%2f\"", "not an id")]
    [InlineData("event_id", "\"a?b\"", "not an id")]
    [InlineData("event_id", "\"ä\"", "not an id")]
    [InlineData("ids", "[\"a\",\"b\",\"c\",\"d\"]", "at most 3")]
    [InlineData("ids", "\"a,b,c,d\"", "at most 3")]
    [InlineData("ids", "[{}]", "a list of strings")]
    [InlineData("ids", "{}", "a list of strings")]
    [InlineData("ids", "[\"a/b\"]", "not an id")]
    [InlineData("kind", "\"SERVCE\"", "Did you mean 'SERVICE'?")]
    [InlineData("kinds", "[\"INCIDENT\",\"nonsense\"]", "has no value 'nonsense'")]
    [InlineData("filters", "7", "must be a JSON object")]
    [InlineData("filters", "[]", "must be a JSON object")]
    [InlineData("filters", "\"{\"", "is not valid JSON")]
    public void A_wrong_value_is_a_problem_of_its_field(string field, string value, string reason)
    {
        var problem = Bind($$"""{"{{field}}":{{value}}}""").Problems.ShouldHaveSingleItem();
        problem.Field.ShouldBe(field);
        problem.Message.ShouldContain(reason);
    }

    [Theory]
    [InlineData("""["a","b","a"]""")]
    [InlineData("\"a, b\"")]
    [InlineData("\"[\\\"a\\\", \\\"b\\\"]\"")]
    [InlineData("\"['a','b']\"")]
    public void A_list_has_many_spellings(string value) => Bind($$"""{"ids":{{value}}}""").List("ids").ShouldBe(["a", "b"]);

    [Fact]
    public void Choices_know_no_case_and_name_the_valid_ones()
    {
        var bound = Bind("""{"kind":"service","kinds":"incident,Issue"}""");
        bound.Text("kind").ShouldBe("SERVICE");
        bound.List("kinds").ShouldBe(["INCIDENT", "ISSUE"]);
        Bind("""{"kind":"x"}""").Problems[0].ValidValues.ShouldBe(["SERVICE", "HOST"]);
    }

    [Fact]
    public void All_problems_come_at_once()
    {
        var bound = Bind("""{"name":"12345678901","filters":{"count":0,"flag":"x"},"kind":"x","colour":"red"}""");
        bound.Problems.Select(problem => problem.Field).ShouldBe(["name", "filters.count", "filters.flag", "kind", "colour"]);
    }

    [Fact]
    public void An_unknown_field_is_refused_with_the_nearest_name()
    {
        Bind("""{"cuont":5}""").Problems.ShouldHaveSingleItem().Message.ShouldBe("'cuont' is not a parameter of this operation. Did you mean 'count'?");
        var problem = Bind("""{"filters":{"zebra_crossing":5}}""").Problems.ShouldHaveSingleItem();
        problem.Field.ShouldBe("filters.zebra_crossing");
        problem.Message.ShouldContain("Known are: name, event_id");
        Bind("{\"" + new string('u', 10_000) + "\":1}").Problems.ShouldHaveSingleItem().Message.Length.ShouldBeLessThan(250);
    }

    [Theory]
    [InlineData("""{"filters":{"count":7}}""")]
    [InlineData("""{"filters":"{\"count\":7}"}""")]
    [InlineData("""{"count":7}""")]
    [InlineData("""{"Count":7}""")]
    [InlineData("\"{\\\"filters\\\":{\\\"count\\\":\\\"7\\\"}}\"")]
    [InlineData("""
        "\"{\\\"count\\\":7}\""
        """)]
    [InlineData("""{"filters":"\"{\\\"count\\\":7}\""}""")]
    public void Nested_flat_and_stringified_are_the_same(string json) => Bind(json).Number("count").ShouldBe(7);

    [Theory]
    [InlineData("{'filters': {'flag': True, 'name': None, 'kind': 'host'}}")]
    [InlineData("{'flag': True, \"kind\": 'host'}")]
    public void An_object_may_be_written_as_Python_prints_it(string text)
    {
        var bound = Bind(System.Text.Json.JsonSerializer.Serialize(text));
        bound.Problems.ShouldBeEmpty();
        bound.Flag("flag").ShouldBe(true);
        bound.Text("kind").ShouldBe("HOST");
        bound.Has("name").ShouldBeFalse();
    }

    [Theory]
    [InlineData("{'name': 'it\\'s'}", "it's")]
    [InlineData("{'name': 'say \"x\"'}", "say \"x\"")]
    [InlineData("{'name': 'True'}", "True")]
    public void Quotes_inside_such_text_stay_what_they_are(string text, string expected) =>
        Bind(System.Text.Json.JsonSerializer.Serialize(text)).Text("name").ShouldBe(expected);

    [Theory]
    [InlineData("{'name': 'open")]
    [InlineData("{'name': lambda}")]
    [InlineData("{'name': (1,2)}")]
    [InlineData("{'a': 1, 'a': 2}")]
    public void Other_Python_is_refused(string text) =>
        Bind(System.Text.Json.JsonSerializer.Serialize(text)).Problems.ShouldHaveSingleItem().Field.ShouldBe("params");

    [Fact]
    public void Flat_and_nested_with_different_values_are_refused()
    {
        Bind("""{"filters":{"count":7},"count":8}""").Problems.ShouldHaveSingleItem().Message.ShouldContain("'count' is given twice");
        Bind("""{"filters":{"count":7},"count":"7"}""").Problems.ShouldBeEmpty();
    }

    [Fact]
    public void Other_cases_of_a_name_are_the_name() => Bind("""{"eventId":"x1"}""").Text("event_id").ShouldBe("x1");

    [Fact]
    public void What_is_required_is_asked_for_once()
    {
        var operation = new InstanaOperationDefinition("op", "", [new("event_id", ParameterKind.Id, "which event") { Required = true, Example = "abc" }]);
        var problem = ParamsBinder.Bind("{}"u8.ToArray(), operation.Parameters, default, Now).Problems.ShouldHaveSingleItem();
        problem.ShouldBe(new InputProblem("event_id", "event_id is required: which event.") { Example = "abc", IsMissing = true });
        ParamsBinder.Bind("""{"event_id":"a/b"}"""u8.ToArray(), operation.Parameters, default, Now).Problems.Count.ShouldBe(1);
    }

    private static string Nested(int levels) => "{\"x\":" + string.Concat(Enumerable.Repeat("[", levels)) + string.Concat(Enumerable.Repeat("]", levels)) + "}";

    private static BoundParams Bind(string json) => ParamsBinder.Bind(Encoding.UTF8.GetBytes(json), Operation.Parameters, default, Now);
}
