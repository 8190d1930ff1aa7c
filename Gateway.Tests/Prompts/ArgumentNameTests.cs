using System.Text.Json.Nodes;
using Granary.Gateway.Tests.Support;
using Granary.Gateway.Tests.Tools.Vaults;

namespace Granary.Gateway.Tests.Prompts;

/// <summary>A name that a prompt, a template or the gateway itself does not know is refused with the nearest one, never dropped.</summary>
public sealed class ArgumentNameTests : FakeVaultTests
{
    [Theory]
    [InlineData("timeline_review", """{"vault":"notes","startTime":"2026-01-01"}""", "The prompt 'timeline_review' has no argument 'startTime'; did you mean 'start_time'? It takes vault, start_time, end_time.")]
    [InlineData("audit_report", """{"vault":"notes","zzzz":"x"}""", "The prompt 'audit_report' has no argument 'zzzz'. It takes vault, audience.")]
    [InlineData("audit_reports", "{}", "Unknown prompt: audit_reports; did you mean 'audit_report'?")]
    public async Task A_prompt_refuses_an_argument_it_does_not_have(string prompt, string arguments, string sentence)
    {
        var answer = await Http.PostAsync(McpRequest.Modern("prompts/get", $$"""{"name":"{{prompt}}","arguments":{{arguments}}}"""));
        answer.ShouldFail(200, -32602);
        answer.ErrorText.ShouldBe(sentence);
        Tenants.Used.ShouldBeEmpty();
    }

    [Fact]
    public async Task Null_is_an_argument_of_a_prompt_left_out()
    {
        Tenants["notes"].Results["vault_status"] = _ => "{}";
        var answer = await Http.PostAsync(McpRequest.Modern("prompts/get", """{"name":"audit_report","arguments":{"vault":"notes","audience":null}}"""));
        answer.ShouldSucceed();
        ((string)answer.Result["messages"]![0]!["content"]!["text"]!).ShouldNotContain("null");
        (await Http.PostAsync(McpRequest.Modern("prompts/get", """{"name":"audit_report","arguments":{"vault":null}}"""))).ErrorText.ShouldContain("needs the argument 'vault'");
    }

    [Theory]
    [InlineData("""{"type":"ref/prompt","name":"audit_report"}""", "vaults", "The prompt 'audit_report' has no argument 'vaults'; did you mean 'vault'? It takes vault, audience.")]
    [InlineData("""{"type":"ref/prompt","name":"audit"}""", "vault", "Unknown prompt: audit; did you mean 'audit_report'?")]
    [InlineData("""{"type":"ref/resource","uri":"vault://{name}/events/{id}"}""", "names", "The template 'vault://{name}/events/{id}' has no argument 'names'; did you mean 'name'? It takes name, id.")]
    [InlineData("""{"type":"ref/resource","uri":"vault://{name}/heads"}""", "name", "Unknown resource template: vault://{name}/heads; did you mean 'vault://{name}/head'?")]
    public async Task A_completion_refuses_a_name_that_is_not_there(string reference, string argument, string sentence)
    {
        var answer = await Http.PostAsync(McpRequest.Modern(
            "completion/complete", $$$"""{"ref":{{{reference}}},"argument":{"name":"{{{argument}}}","value":""}}"""));
        answer.ShouldFail(200, -32602);
        answer.ErrorText.ShouldBe(sentence);
    }

    [Fact]
    public async Task An_unknown_tool_is_refused_with_the_nearest_name()
    {
        var answer = await Http.CallAsync("append_evnt", "{}");
        answer.ShouldFail(200, -32602);
        answer.ErrorText.ShouldBe("Unknown tool: append_evnt; did you mean 'append_event'?");
        (await Http.CallAsync("zzzz", "{}")).ErrorText.ShouldBe("Unknown tool: zzzz.");
    }

    [Fact]
    public async Task Arguments_may_be_a_string_of_json() => (await Http.CallAsync("vault_status", "\"{}\"")).ShouldSucceed();

    [Theory]
    [InlineData("\"[]\"")]
    [InlineData("\"x\"")]
    [InlineData("[]")]
    [InlineData("true")]
    [InlineData("null")]
    public async Task Arguments_that_are_no_object_are_refused(string arguments)
    {
        var answer = await Http.CallAsync("vault_status", arguments);
        answer.ShouldFail(200, -32602);
        answer.ErrorText.ShouldBe("'params.arguments' must be a JSON object.");
        Tenants.Used.ShouldBeEmpty();
        JsonNode.Parse(answer.Text).ShouldNotBeNull();
    }
}
