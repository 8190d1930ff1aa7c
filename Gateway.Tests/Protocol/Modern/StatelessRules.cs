using System.Text.Json.Nodes;
using Granary.Gateway.Protocol.Legacy.Sessions;
using Granary.Gateway.Tests.Support;

namespace Granary.Gateway.Tests.Protocol.Modern;

/// <summary>Rules T1 to T3, R1 to R5 and E1: no request relies on another, and what clients carry for us is sealed.</summary>
[Collection(SharedGateway.Name)]
public sealed class StatelessRules(TestGateway gateway)
{
    private const string Form = """{"elicitation":{"form":{}}}""";
    private const string Answered = """{"action":"accept","content":{"name":"NAME"}}""";

    private McpHttp Http => gateway.Http;

    [Fact]
    public async Task T1_nothing_is_remembered_of_a_connections_earlier_requests()
    {
        using var one = new McpHttp(gateway.Root);
        await one.PostAsync(McpRequest.Call("t_log", "{}", Form).With(r => r.Meta["io.modelcontextprotocol/logLevel"] = "debug"));
        (await one.CallAsync("t_log")).Messages.Count.ShouldBe(1);
        (await one.CallAsync("t_ask")).ShouldFail(400, -32021);
        (await one.PostAsync(McpRequest.Modern("tools/list").With(r => r.Meta.Remove(McpRequest.Capabilities)))).ShouldFail(400, -32602);
    }

    [Fact]
    public async Task T1_modern_requests_leave_no_state_behind()
    {
        var before = gateway.Get<SessionStates>().Count;
        for (var i = 0; i < 50; i++)
            await Http.CallAsync("t_log");
        gateway.Get<SessionStates>().Count.ShouldBe(before);
    }

    [Fact]
    public async Task T2_what_spans_requests_is_named_by_an_explicit_state()
    {
        var first = await Http.CallAsync("t_ask_two", "{}", Form);
        using var elsewhere = new McpHttp(gateway.Root);
        var second = await elsewhere.PostAsync(Retry(first, "a", "b"));
        second.ToolText.ShouldBe("the state: a, b");
    }

    [Fact]
    public async Task T3_a_state_is_worth_nothing_in_other_hands()
    {
        var keys = Convert.ToBase64String(new byte[32]);
        var ours = await TestGateway.StartAsync(o => o with { SessionKeys = keys });
        var folder = Directory.CreateTempSubdirectory("granary-keys-").FullName;
        var file = Path.Combine(folder, "keys.json");
        var key = Keys.Add(file, "acme", "*");
        var theirs = await TestGateway.StartAsync(o => o with { SessionKeys = keys, ApiKeyFile = file });
        theirs.Http.Always["Authorization"] = $"Bearer {key}";
        var state = await ours.Http.CallAsync("t_ask_two", "{}", Form);
        (await theirs.Http.PostAsync(Retry(state, "a", "b"))).Code.ShouldBe(-32602);
        (await ours.Http.PostAsync(Retry(state, "a", "b"))).ToolText.ShouldBe("the state: a, b");
        await theirs.DisposeAsync();
        await ours.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("tools/call", """{"name":"t_ask"}""", true)]
    [InlineData("prompts/get", """{"name":"p_ask"}""", true)]
    [InlineData("resources/read", """{"uri":"ask://first"}""", true)]
    [InlineData("completion/complete", """{"ref":{"type":"ref/prompt","name":"p_ask"},"argument":{"name":"x","value":""}}""", false)]
    public async Task R1_input_is_required_by_three_methods_only(string method, string parameters, bool allowed)
    {
        var answer = await Http.PostAsync(McpRequest.Modern(method, parameters, Form));
        if (allowed)
            ((string)answer.Result["resultType"]!).ShouldBe("input_required");
        else
            answer.Code.ShouldBe(-32603);
    }

    [Fact]
    public async Task R2_a_result_that_requires_input_says_which()
    {
        var one = await Http.CallAsync("t_ask", "{}", Form);
        one.Result["inputRequests"]!.AsObject().Single().Value!["method"]!.GetValue<string>().ShouldBe("elicitation/create");
        one.Result.ContainsKey("requestState").ShouldBeFalse();
        var two = await Http.CallAsync("t_ask_two", "{}", Form);
        two.Result["inputRequests"]!.AsObject().Select(r => r.Key).ShouldBe(["first", "second"]);
        ((string?)two.Result["requestState"]).ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task R2_a_result_that_requires_nothing_is_never_sent()
    {
        var answer = await Http.CallAsync("t_ask", """{"what":"nothing"}""", Form);
        answer.Text.ShouldNotContain("input_required");
    }

    [Theory]
    [InlineData("form", """{"elicitation":{}}""", true)]
    [InlineData("form", """{"elicitation":{"form":{},"url":{}}}""", true)]
    [InlineData("form", """{"elicitation":{"url":{}}}""", false)]
    [InlineData("url", """{"elicitation":{}}""", false)]
    [InlineData("url", """{"elicitation":{"form":{}}}""", false)]
    [InlineData("url", """{"elicitation":{"url":{}}}""", true)]
    [InlineData("model", """{"sampling":{}}""", true)]
    [InlineData("model", """{"elicitation":{},"roots":{}}""", false)]
    [InlineData("model-tools", """{"sampling":{}}""", false)]
    [InlineData("model-tools", """{"sampling":{"tools":{}}}""", true)]
    [InlineData("roots", """{"roots":{}}""", true)]
    [InlineData("roots", """{"sampling":{}}""", false)]
    public async Task R2_only_declared_capabilities_and_modes_are_used(string what, string capabilities, bool allowed)
    {
        var answer = await Http.CallAsync("t_ask", $$"""{"what":"{{what}}"}""", capabilities);
        if (allowed)
            ((string)answer.Result["resultType"]!).ShouldBe("input_required");
        else
            answer.ShouldFail(400, -32021);
    }

    // E1 binds the asking side. What the gateway can hold to: a URL goes only to clients that said they handle it, and nothing is opened by us.
    [Fact]
    public async Task E1_a_url_for_secrets_goes_only_to_a_client_that_declared_the_mode()
    {
        (await Http.CallAsync("t_ask", """{"what":"url"}""", Form)).ShouldFail(400, -32021);
        var asked = await Http.CallAsync("t_ask", """{"what":"url"}""", """{"elicitation":{"url":{}}}""");
        ((string)asked.Result["inputRequests"]!["q"]!["params"]!["url"]!).ShouldBe("https://example.com/consent");
    }

    [Fact]
    public async Task R3_a_state_that_was_changed_anywhere_is_refused()
    {
        var first = await Http.CallAsync("t_ask_two", "{}", Form);
        var state = (string)first.Result["requestState"]!;
        for (var i = 0; i < state.Length; i++)
        {
            var changed = state[..i] + (state[i] == 'A' ? 'B' : 'A') + state[(i + 1)..];
            (await Http.PostAsync(Retry(first, "a", "b").With(r => r.Params["requestState"] = changed))).Code.ShouldBe(-32602, $"at {i}");
        }
    }

    [Theory]
    [InlineData("\"\"")]
    [InlineData("\"x\"")]
    [InlineData("7")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("\"\\u0000\"")]
    public async Task R3_a_state_that_is_not_one_of_ours_is_refused(string state)
    {
        var first = await Http.CallAsync("t_ask_two", "{}", Form);
        (await Http.PostAsync(Retry(first, "a", "b").With(r => r.Params["requestState"] = JsonNode.Parse(state)))).Code.ShouldBe(-32602);
    }

    [Fact]
    public async Task R4_a_state_belongs_to_its_method_and_arguments()
    {
        var first = await Http.CallAsync("t_ask_two", """{"text":"one"}""", Form);
        (await Http.PostAsync(Retry(first, "a", "b", """{"text":"one"}"""))).ToolText.ShouldBe("the state: a, b");
        (await Http.PostAsync(Retry(first, "a", "b", """{"text":"two"}"""))).Code.ShouldBe(-32602);
    }

    [Fact]
    public async Task R5_answers_left_out_are_asked_for_again_and_extra_ones_ignored()
    {
        var first = await Http.CallAsync("t_ask_two", "{}", Form);
        var half = await Http.PostAsync(Retry(first, "a", null).With(r => r.Params["inputResponses"]!["extra"] = JsonNode.Parse(Answered)));
        half.Result["inputRequests"]!.AsObject().Select(r => r.Key).ShouldBe(["second"]);
        (await Http.PostAsync(Retry(half, "a", "b").With(r => r.Params["inputResponses"]!["extra"] = new JsonObject()))).ToolText.ShouldBe("the state: a, b");
    }

    [Theory]
    [InlineData("7")]
    [InlineData("[]")]
    [InlineData("""{"first":7}""")]
    [InlineData("""{"first":null}""")]
    [InlineData("\"x\"")]
    public async Task R5_answers_that_are_no_objects_are_refused(string responses) => (await Http.PostAsync(
        McpRequest.Call("t_ask_two", "{}", Form).With(r => r.Params["inputResponses"] = JsonNode.Parse(responses)))).Code.ShouldBe(-32602);

    private static McpRequest Retry(Answer before, string? first, string? second, string arguments = "{}")
    {
        var responses = new JsonObject();
        foreach (var (key, name) in new[] { ("first", first), ("second", second) })
        {
            if (name is not null)
                responses[key] = JsonNode.Parse(Answered.Replace("NAME", name, StringComparison.Ordinal));
        }
        return McpRequest.Call("t_ask_two", arguments, Form).With(r =>
        {
            r.Params["inputResponses"] = responses;
            r.Params["requestState"] = (string)before.Result["requestState"]!;
        });
    }
}
