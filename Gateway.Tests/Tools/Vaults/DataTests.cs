using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Gateway.Tests.EndToEnd;

namespace Granary.Gateway.Tests.Tools.Vaults;

/// <summary>What an event's data may be, and that it comes back as it was sent.</summary>
public sealed class DataTests : IAsyncLifetime
{
    private const int MaxBytes = 1024 * 1024;

    private RunningGateway _gateway = null!;

    public async Task InitializeAsync() => _gateway = await RunningGateway.StartWithVaultAsync();

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Theory]
    [InlineData("1", "1")]
    [InlineData("1.0", "1.0")]
    [InlineData("-0", "0")]
    [InlineData("-0.0", "-0.0")]
    [InlineData("1e2", "100.0")]
    [InlineData("18446744073709551616", "18446744073709551616")]
    [InlineData("-123456789012345678901234567890123456789012345678901234567890", "-123456789012345678901234567890123456789012345678901234567890")]
    [InlineData("0.1", "0.1")]
    [InlineData("1e-7", "1e-07")]
    [InlineData("9007199254740993", "9007199254740993")]
    public async Task A_number_keeps_its_lexical_class_and_every_digit(string sent, string stored)
    {
        (await AppendAsync($$"""{"n":{{sent}}}""")).Success();
        (await _gateway.Client.CallAsync("verify_chain", """{"vault_path":"notes"}""")).Success().GetProperty("valid").GetBoolean().ShouldBeTrue();
        var reply = await _gateway.Client.CallAsync("query_timeline", """{"vault_path":"notes"}""");
        reply.Success().GetProperty("events")[0].GetProperty("data").GetRawText().ShouldBe($$"""{"n":{{stored}}}""");
        reply.Text.ShouldContain($"\"n\": {stored}\n");
    }

    [Theory]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("-Infinity")]
    [InlineData("01")]
    [InlineData("1.")]
    [InlineData("+1")]
    [InlineData("'x'")]
    [InlineData("undefined")]
    public async Task What_is_no_json_is_refused_as_a_message(string value)
    {
        var reply = await AppendAsync($$"""{"n":{{value}}}""");
        reply.Refusal();
        (reply.Status, reply.ErrorCode).ShouldBe((400, -32700));
        (await EventsAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""{"x":"\ud800"}""")]
    [InlineData("""{"x":"\udc00\ud800"}""")]
    [InlineData("""{"\ud83d":1}""")]
    [InlineData("""{"x":["a",{"y":"\ud83dx"}]}""")]
    public async Task Half_a_character_is_refused(string data)
    {
        var reply = await AppendAsync(data);
        reply.Refusal().ShouldContain("surrogate");
        reply.Status.ShouldBe(400);
        (await EventsAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""{"a":1,"a":1}""")]
    [InlineData("""{"a":1,"\u0061":2}""")]
    [InlineData("""{"x":[{"a":1,"b":2,"a":3}]}""")]
    public async Task A_name_twice_in_data_is_refused(string data)
    {
        var sentence = (await AppendAsync(data)).Failure();
        sentence.ShouldContain("data");
        sentence.ShouldContain("more than once");
        (await EventsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_name_twice_among_many_is_refused()
    {
        var many = string.Join(',', Enumerable.Range(0, 40).Select(i => $"\"k{i}\":{i}"));
        (await AppendAsync($$"""{{{many}},"k7":7}""")).Failure().ShouldContain("more than once");
        (await AppendAsync($$"""{{{many}}}""")).Success();
    }

    [Fact]
    public async Task Numbers_too_large_for_a_double_are_refused_or_kept_but_never_changed()
    {
        var reply = await AppendAsync("""{"n":1e400}""");
        reply.Failure().ShouldContain("data");
        (await EventsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Data_deeper_than_the_message_may_be_is_refused()
    {
        foreach (var levels in new[] { 62, 64, 65, 500, 100_000 })
        {
            var reply = await AppendAsync(Nested(levels));
            reply.Refusal().ShouldContain("deeper than 64 levels", customMessage: $"{levels}");
            reply.Status.ShouldBe(400);
        }
        foreach (var levels in new[] { 57, 61 })
            (await AppendAsync(Nested(levels))).FailureObject().GetProperty("error").GetString()!.ShouldContain("56", customMessage: $"{levels}");
        (await EventsAsync()).ShouldBeEmpty();
        // An answer has levels of its own around the data, and clients that read 64 must be able to read it.
        (await AppendAsync(Nested(56))).Success();
        (await EventsAsync()).ShouldHaveSingleItem().GetProperty("data").GetRawText().ShouldBe(Nested(56));
    }

    [Fact]
    public async Task Data_of_one_mebibyte_is_taken_and_of_one_byte_more_refused()
    {
        var overhead = """{"x":""}""".Length;
        var refused = (await AppendAsync($$"""{"x":"{{new string('a', MaxBytes - overhead + 1)}}"}""")).FailureObject();
        refused.GetProperty("code").GetString().ShouldBe("invalid_input");
        refused.GetProperty("error").GetString()!.ShouldContain("data is too large: at most 1048576 bytes");
        (await EventsAsync()).ShouldBeEmpty();
        (await AppendAsync($$"""{"x":"{{new string('a', MaxBytes - overhead)}}"}""")).Success();
        (await EventsAsync()).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Text_of_every_alphabet_comes_back_and_control_characters_too()
    {
        const string Data = """{"\u0000":"\u0001\t\n\u007f","emoji":"🌾👩‍🌾","rtl":"שלום","html":"</script>&amp;","quote":"\"\\\/","line":"\u2028"}""";
        (await AppendAsync(Data)).Success();
        var stored = (await EventsAsync()).ShouldHaveSingleItem().GetProperty("data");
        using var sent = JsonDocument.Parse(Data);
        JsonElement.DeepEquals(stored, sent.RootElement).ShouldBeTrue(stored.GetRawText());
    }

    [Theory]
    [InlineData("""{"x":"😀"}""")]
    [InlineData("""{"x":"\ud83d\ude00"}""")]
    [InlineData("""{"😀":{"𝔘":"𠀀"}}""")]
    public async Task A_character_beyond_the_basic_plane_is_itself_in_the_text_of_a_result(string data)
    {
        (await AppendAsync(data)).Success();
        var reply = await _gateway.Client.CallAsync("query_timeline", """{"vault_path":"notes"}""");
        reply.Text.ShouldNotContain("\\u");
        reply.Text.ShouldContain(data.Contains("𠀀", StringComparison.Ordinal) ? "𠀀" : "😀");
    }

    [Fact]
    public async Task No_tool_answers_with_a_character_in_two_escapes()
    {
        await _gateway.Client.CallAsync("bootstrap_vault", """{"path":"pack"}""");
        (await AppendAsync("""{"😀":"😀"}""")).Success();
        await _gateway.Client.CallAsync("append_observation", """{"path":"pack","subject":"😀","predicate":"😀","value":"😀"}""");
        foreach (var (name, tool) in await _gateway.Client.ListAsync())
        {
            var schema = tool.GetProperty("inputSchema");
            var known = schema.GetProperty("properties").EnumerateObject().Select(property => property.Name).ToHashSet();
            var required = schema.TryGetProperty("required", out var names) ? names.EnumerateArray().Select(one => one.GetString()!).ToHashSet() : [];
            foreach (var vault in (string[])["notes", "pack"])
            {
                var arguments = new JsonObject();
                foreach (var argument in known.Where(one => required.Contains(one) || one is "vault_path" or "subject" or "query" or "operation"))
                    arguments[argument] = argument is "vault_path" or "path" ? vault : "😀";
                if (!known.Contains("vault_path") && known.Contains("path"))
                    arguments["path"] = vault;
                (await _gateway.Client.CallAsync(name, arguments.ToJsonString())).Text.ShouldNotContain("\\ud83d", Case.Insensitive, name);
            }
        }
    }

    [Theory]
    [InlineData("""{"b":1,"a":2,"é":3,"B":4}""", """{"B":4,"a":2,"b":1,"é":3}""")]
    [InlineData("""{ "x" : [ 1 , { } , [ ] , null , true ] }""", """{"x":[1,{},[],null,true]}""")]
    public async Task Data_is_stored_in_canonical_form(string sent, string stored)
    {
        (await AppendAsync(sent)).Success();
        (await EventsAsync()).ShouldHaveSingleItem().GetProperty("data").GetRawText().ShouldBe(stored);
    }

    private static string Nested(int levels)
    {
        var text = new StringBuilder();
        for (var i = 1; i < levels; i++)
            text.Append("{\"d\":");
        return text.Append("{}").Append('}', levels - 1).ToString();
    }

    private Task<ToolReply> AppendAsync(string data) =>
        _gateway.Client.CallAsync("append_event", $$"""{"vault_path":"notes","event_type":"note","data":{{data}}}""");

    private async Task<List<JsonElement>> EventsAsync() =>
        [.. (await _gateway.Client.CallAsync("query_timeline", """{"vault_path":"notes"}""")).Success().GetProperty("events").EnumerateArray()];
}
