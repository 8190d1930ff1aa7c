using System.Text.Json.Nodes;
using Granary.Gateway.Tests.Support;

namespace Granary.Gateway.Tests.Tools.Vaults;

/// <summary>What cannot be undone is asked about first, where the client can show a form.</summary>
[Trait("Kind", "Hostile")]
public sealed class ConfirmationTests : IAsyncLifetime
{
    private const string Seal = """{"vault_path":"own"}""";
    private const string Form = """{"elicitation":{}}""";

    private TestGateway _gateway = null!;

    public async Task InitializeAsync()
    {
        _gateway = await TestGateway.StartAsync(o => o);
        (await _gateway.Http.CallAsync("init_vault", """{"vault_path":"own","format":"backpack"}""")).IsToolError.ShouldBeFalse();
    }

    public Task DisposeAsync() => _gateway.DisposeAsync();

    [Theory]
    [InlineData("seal_vault", Seal, "Seal vault in the vault 'own'.")]
    [InlineData("rotate_key", Seal, "Rotate key in the vault 'own'.")]
    [InlineData("redact_event", """{"vault_path":"own","event_id":"e1","reason":"OTHER"}""", "Redact event e1 in the vault 'own'.")]
    [InlineData("shred_event", """{"vault_path":"own","actor":"alice","reason":"OTHER"}""", "Shred events of alice in the vault 'own'.")]
    public async Task The_question_says_what_is_about_to_happen(string tool, string arguments, string says)
    {
        var asked = await _gateway.Http.CallAsync(tool, arguments, Form);
        ((string)asked.Result["inputRequests"]!["confirm"]!["params"]!["message"]!).ShouldBe($"{says} This cannot be undone. Do it?");
        (await EventCountAsync()).ShouldBe(2);
    }

    [Theory]
    [InlineData("""{"action":"decline"}""")]
    [InlineData("""{"action":"cancel"}""")]
    [InlineData("""{"action":"accept","content":{"confirm":false}}""")]
    public async Task A_no_changes_nothing(string response)
    {
        var asked = await _gateway.Http.CallAsync("seal_vault", Seal, Form);
        var answer = await _gateway.Http.PostAsync(Again(asked, response));
        answer.IsToolError.ShouldBeTrue(answer.Text);
        answer.ToolText.ShouldBe("The user did not confirm; nothing was changed.");
        (await EventCountAsync()).ShouldBe(2);
    }

    [Fact]
    public async Task A_yes_does_it()
    {
        var asked = await _gateway.Http.CallAsync("seal_vault", Seal, Form);
        (await _gateway.Http.PostAsync(Again(asked, """{"action":"accept","content":{"confirm":true}}"""))).IsToolError.ShouldBeFalse();
        (await EventCountAsync()).ShouldBe(3);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"elicitation":{"url":{}}}""")]
    public async Task A_client_that_cannot_be_asked_is_served(string capabilities)
    {
        (await _gateway.Http.CallAsync("seal_vault", Seal, capabilities)).IsToolError.ShouldBeFalse();
        (await EventCountAsync()).ShouldBe(3);
    }

    private async Task<int> EventCountAsync() =>
        (int)(await _gateway.Http.CallAsync("vault_status", Seal)).Result["structuredContent"]!["event_count"]!;

    private static McpRequest Again(Answer asked, string response) => McpRequest.Call("seal_vault", Seal, Form).With(request =>
    {
        if (asked.Result["requestState"] is { } state)
            request.Params["requestState"] = state.DeepClone();
        request.Params["inputResponses"] = new JsonObject { ["confirm"] = JsonNode.Parse(response) };
    });
}
