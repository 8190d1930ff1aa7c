using Granary.Gateway.Tests.EndToEnd;

namespace Granary.Gateway.Tests.Tools.Vaults;

/// <summary>Every argument absent, of the wrong type, null and too long: a sentence that names it, and nothing changed.</summary>
[Trait("Kind", "Hostile")]
public sealed class BadInputTests : IAsyncLifetime
{
    private const string Right = "\"vault_path\":\"notes\",\"event_type\":\"note\",\"data\":{}";

    private RunningGateway _gateway = null!;

    public async Task InitializeAsync() => _gateway = await RunningGateway.StartWithVaultAsync();

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Theory]
    [InlineData("init_vault", "vault_path")]
    [InlineData("verify_chain", "vault_path")]
    [InlineData("query_timeline", "vault_path")]
    [InlineData("append_event", "vault_path", "event_type", "data")]
    public async Task Absent_arguments_are_named_all_at_once(string tool, params string[] required)
    {
        var sentence = (await _gateway.Client.CallAsync(tool, "{}")).Failure();
        foreach (var name in required)
            sentence.ShouldContain(name);
    }

    [Theory]
    [InlineData("vault_path", "null", "7", "true", "{}", "[\"notes\"]")]
    [InlineData("event_type", "null", "7", "true", "{}", "[]", "\"\"")]
    [InlineData("data", "null", "7", "true", "\"str\"", "[]", "\"[]\"", "\"7\"", "\"{'a':1}\"")]
    [InlineData("tags", "7", "true", "{}", "\"a,b\"", "[1]", "[null]", "[\"a\",[]]")]
    [InlineData("emit_provara", "7", "\"yes\"", "\"1\"", "{}", "[]", "1")]
    [InlineData("idempotency_key", "7", "true", "{}", "[]", "\"\"")]
    public async Task A_wrong_type_is_refused_with_the_arguments_name(string name, params string[] values)
    {
        foreach (var value in values)
        {
            var arguments = string.Join(',', Pairs().Where(p => p.Name != name).Select(p => $"\"{p.Name}\":{p.Value}").Append($"\"{name}\":{value}"));
            (await _gateway.Client.CallAsync("append_event", $"{{{arguments}}}")).Failure().ShouldContain(name, customMessage: value);
        }
        await NothingChangedAsync();
    }

    [Theory]
    [InlineData("init_vault")]
    [InlineData("verify_chain")]
    [InlineData("query_timeline")]
    public async Task A_vault_path_of_the_wrong_type_is_refused_by_every_tool(string tool)
    {
        foreach (var value in new[] { "null", "7", "true", "{}", "[]" })
            (await _gateway.Client.CallAsync(tool, $$"""{"vault_path":{{value}}}""")).Failure().ShouldContain("vault_path", customMessage: value);
    }

    [Theory]
    [InlineData("\"event_type\"", "\"with space\"")]
    [InlineData("\"event_type\"", "\"a/b\"")]
    [InlineData("\"event_type\"", "\"größe\"")]
    [InlineData("\"event_type\"", "\"a\\u0000\"")]
    public async Task A_type_of_other_characters_is_refused(string name, string value)
    {
        (await _gateway.Client.CallAsync("append_event", $$$"""{"vault_path":"notes",{{{name}}}:{{{value}}},"data":{}}""")).Failure().ShouldContain("event_type");
        await NothingChangedAsync();
    }

    [Fact]
    public async Task What_is_too_long_is_refused_and_the_longest_is_taken()
    {
        foreach (var (name, longest, tooLong) in new[]
        {
            ("event_type", Text(128), Text(129)),
            ("idempotency_key", Text(128), Text(129)),
            ("tags", $"[{Text(256)}]", $"[{Text(257)}]"),
            ("tags", $"[{string.Join(',', Enumerable.Repeat(Text(1), 64))}]", $"[{string.Join(',', Enumerable.Repeat(Text(1), 65))}]"),
        })
        {
            var rest = string.Join(',', Pairs().Where(p => p.Name != name).Select(p => $"\"{p.Name}\":{p.Value}"));
            var sentence = (await _gateway.Client.CallAsync("append_event", $"{{{rest},\"{name}\":{tooLong}}}")).Failure();
            sentence.ShouldContain(name);
            sentence.Length.ShouldBeLessThan(1000);
            (await _gateway.Client.CallAsync("append_event", $"{{{rest},\"{name}\":{longest}}}")).Success();
        }
    }

    [Theory]
    [InlineData("""{"vault_path":"notes","vault_path":"other","event_type":"note","data":{}}""")]
    [InlineData("""{"vault_path":"notes","event_type":"note","data":{},"data":{}}""")]
    [InlineData("""{"vault_path":"notes","event_type":"note","data":{},"d\u0061ta":{}}""")]
    public async Task A_name_twice_in_the_arguments_is_refused(string arguments)
    {
        (await _gateway.Client.CallAsync("append_event", arguments)).Failure().ShouldContain("more than once");
        await NothingChangedAsync();
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("\"x\"")]
    [InlineData("7")]
    public async Task Arguments_that_are_no_object_are_refused(string arguments)
    {
        (await _gateway.Client.CallAsync("verify_chain", arguments)).Refusal().ShouldContain("arguments");
        await NothingChangedAsync();
    }

    [Fact]
    public async Task An_unknown_argument_is_refused_by_every_tool_and_all_known_ones_are_named()
    {
        foreach (var (tool, definition) in await _gateway.Client.ListAsync())
        {
            // What Instana tools do with their arguments is for their own tests.
            if (tool.StartsWith("manage_", StringComparison.Ordinal) || definition.GetProperty("annotations").GetProperty("openWorldHint").GetBoolean())
                continue;
            var sentence = (await _gateway.Client.CallAsync(tool, """{"zzzz":1}""")).Failure();
            sentence.ShouldContain("zzzz is an unknown property", customMessage: tool);
            foreach (var known in definition.GetProperty("inputSchema").GetProperty("properties").EnumerateObject())
                sentence.ShouldContain(known.Name, customMessage: tool);
        }
        await NothingChangedAsync();
    }

    [Theory]
    [InlineData("append_event", "idempotencyKey", "\"once\"", "idempotency_key")]
    [InlineData("append_event", "tag", "[]", "tags")]
    [InlineData("append_event", "type", "\"note\"", "event_type")]
    [InlineData("query_timeline", "event_types", "\"t1\"", "event_type")]
    [InlineData("query_timeline", "startTime", "\"2026-01-01\"", "start_time")]
    [InlineData("query_timeline", "limits", "1", "limit")]
    [InlineData("verify_chain", "vaultPath", "\"other\"", "vault_path")]
    [InlineData("rotate_key", "idempotencykey", "\"once\"", "idempotency_key")]
    public async Task An_unknown_argument_is_refused_with_the_nearest_name_and_nothing_changes(string tool, string name, string value, string nearest)
    {
        var rest = tool == "append_event" ? Right : "\"vault_path\":\"notes\"";
        (await _gateway.Client.CallAsync(tool, $$"""{{{rest}},"{{name}}":{{value}}}""")).Failure().ShouldContain($"{name} is an unknown property; did you mean '{nearest}'?");
        await NothingChangedAsync();
    }

    [Fact]
    public async Task An_object_a_list_a_number_and_a_boolean_are_taken_as_strings_of_json()
    {
        (await _gateway.Client.CallAsync("append_event", """{"vault_path":"notes","event_type":"note","data":"{\"n\":1.50}","tags":"[\"a\"]","emit_provara":"false"}""")).Success();
        var timeline = (await _gateway.Client.CallAsync("query_timeline", """{"vault_path":"notes","limit":"1"}""")).Success();
        var stored = timeline.GetProperty("events").EnumerateArray().ShouldHaveSingleItem();
        (stored.GetProperty("data").GetRawText(), stored.GetProperty("tags").GetRawText()).ShouldBe(("""{"n":1.5}""", """["a"]"""));
        (await _gateway.Client.CallAsync("list_events", "\"{\\\"vault_path\\\":\\\"notes\\\",\\\"limit\\\":1}\"")).Success().GetProperty("count").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task Null_is_an_optional_argument_left_out()
    {
        (await _gateway.Client.CallAsync("append_event", $$"""{{{Right}},"emit_provara":null,"actor":null,"encrypt":null}""")).Success();
        (await _gateway.Client.CallAsync("list_events", """{"vault_path":"notes","limit":null,"offset":null,"actor":null}""")).Success();
    }

    [Fact]
    public async Task What_the_older_servers_clients_sent_for_compatibility_is_taken()
    {
        (await _gateway.Client.CallAsync("init_vault", """{"vault_path":"more","actor_name":"me","use_saas":false}""")).Success();
        (await _gateway.Client.CallAsync("init_vault", """{"vault_path":"most","use_saas":true}""")).Failure().ShouldContain("use_saas must be false");
    }

    [Fact]
    public async Task Null_tags_and_null_key_are_the_same_as_none()
    {
        (await _gateway.Client.CallAsync("append_event", $$"""{{{Right}},"tags":null,"idempotency_key":null}""")).Success();
        (await _gateway.Client.CallAsync("append_event", $$"""{{{Right}},"tags":[]}""")).Success();
        foreach (var stored in (await _gateway.Client.CallAsync("query_timeline", """{"vault_path":"notes"}""")).Success().GetProperty("events").EnumerateArray())
            stored.TryGetProperty("tags", out _).ShouldBeFalse();
    }

    private static (string Name, string Value)[] Pairs() => [("vault_path", "\"notes\""), ("event_type", "\"note\""), ("data", "{}")];

    private static string Text(int length) => $"\"{new string('x', length)}\"";

    private async Task NothingChangedAsync()
    {
        (await _gateway.Client.CallAsync("query_timeline", """{"vault_path":"notes"}""")).Success().GetProperty("events").GetArrayLength().ShouldBe(0);
        (await _gateway.Client.CallAsync("query_timeline", """{"vault_path":"other"}""")).Failure();
    }
}
