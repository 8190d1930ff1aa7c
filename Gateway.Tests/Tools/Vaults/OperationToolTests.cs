using System.Text.Json.Nodes;
using Granary.Gateway.Tests.Support;
using Granary.Tenants;

namespace Granary.Gateway.Tests.Tools.Vaults;

/// <summary>How a call of a tool becomes a call of a vault's operation, and its result the tool's.</summary>
public sealed class OperationToolTests : FakeVaultTests
{
    [Theory]
    [InlineData("get_event", """{"vault_path":"notes","event_id":"evt_1"}""", "get_event", """{"event_id":"evt_1"}""")]
    [InlineData("list_events", """{"vault_path":"/notes","limit":5,"offset":10,"actor":null}""", "list_events", """{"limit":5,"offset":10}""")]
    [InlineData("query_events", """{"vault_path":"notes","actor":"a","after":"2026-01-01"}""", "query_events", """{"actor":"a","after":"2026-01-01"}""")]
    [InlineData("search_events", """{"vault_path":"notes","subject":"s"}""", "search_events", """{"subject":"s"}""")]
    [InlineData("get_vault_status", """{"vault_path":"notes"}""", "get_vault_status", "{}")]
    [InlineData("snapshot_state", """{"vault_path":"notes"}""", "snapshot_belief", "{}")]
    [InlineData("export_digest", """{"vault_path":"notes","weeks":2}""", "generate_digest", """{"weeks":2}""")]
    [InlineData("export_state", """{"path":"notes"}""", "export_state", "{}")]
    [InlineData("verify_vault", """{"path":"notes","mode":"compatible"}""", "verify_vault", """{"mode":"compatible"}""")]
    [InlineData("verify_vault", """{"vault_path":"notes"}""", "verify_vault", "{}")]
    [InlineData("import_delta", """{"path":"notes","delta":"{}\n"}""", "import_delta", """{"delta":"{}\n"}""")]
    [InlineData("import_delta", """{"path":"notes","delta_file":"{}\n"}""", "import_delta", """{"delta":"{}\n"}""")]
    [InlineData("import_delta", """{"path":"notes","delta_file":"x","delta":"y"}""", "import_delta", """{"delta":"y"}""")]
    [InlineData("redact_event", """{"vault_path":"notes","event_id":"evt_1","reason":"OTHER"}""", "redact_event", """{"event_id":"evt_1","reason":"OTHER"}""")]
    [InlineData("list_events", """{"vault_path":"notes","limit":5.0,"offset":1e1}""", "list_events", """{"limit":5,"offset":10}""")]
    public async Task Arguments_go_on_without_the_vaults_name(string tool, string arguments, string operation, string expected)
    {
        Tenants["notes"].Results["verify_vault"] = _ => """{"valid":true,"checks":[]}""";
        (await Http.CallAsync(tool, arguments)).ShouldSucceed();
        var call = Tenants["notes"].Calls.ShouldHaveSingleItem().Split(' ', 2);
        call[0].ShouldBe(operation);
        JsonNode.DeepEquals(JsonNode.Parse(call[1]), JsonNode.Parse(expected)).ShouldBeTrue(call[1]);
        Tenants.Used.ShouldBe(["notes"]);
    }

    [Theory]
    [InlineData("vault_status", "{}")]
    [InlineData("list_events", "{}")]
    [InlineData("get_event", """{"event_id":"evt_1"}""")]
    [InlineData("get_state", "{}")]
    [InlineData("get_beliefs", "{}")]
    [InlineData("get_evidence", """{"belief_key_str":"a:b"}""")]
    [InlineData("verify_vault", "{}")]
    [InlineData("search_events", "{}")]
    [InlineData("append_observation", """{"subject":"s","predicate":"p","value":"v"}""")]
    [InlineData("append_assertion", """{"subject":"s","predicate":"p","value":"v"}""")]
    public async Task The_tools_of_a_server_with_one_vault_mean_the_default_vault(string tool, string arguments)
    {
        Tenants["house"].Results["verify_vault"] = _ => """{"valid":true,"checks":[]}""";
        var answer = await Http.CallAsync(tool, arguments);
        answer.IsToolError.ShouldBeFalse(answer.Text);
        Tenants.Used.ShouldBe(["house"]);
    }

    [Theory]
    [InlineData("verify_chain", "{}", "vault_path is required")]
    [InlineData("export_state", "{}", "path")]
    [InlineData("export_state", """{"path":"../x"}""", "path contains '..'")]
    [InlineData("vault_status", """{"vault_path":""}""", "vault_path is required")]
    [InlineData("generate_digest", """{"vault_path":"notes","weeks":0}""", "weeks must be > 0")]
    [InlineData("generate_digest", """{"vault_path":"notes","weeks":521}""", "weeks must be at most 520")]
    [InlineData("get_beliefs", """{"namespace":"elsewhere"}""", "namespace")]
    [InlineData("list_events", """{"limit":1001}""", "limit")]
    [InlineData("list_events", """{"offset":-1}""", "offset")]
    [InlineData("get_event", """{"vault_path":"notes"}""", "event_id")]
    [InlineData("redact_event", """{"vault_path":"notes","event_id":"evt_1"}""", "reason")]
    [InlineData("redact_event", """{"vault_path":"notes","event_id":"evt_1","reason":"because"}""", "reason")]
    [InlineData("check_fencing_token", """{"vault_path":"notes","token":"abc"}""", "token")]
    [InlineData("append_observation", """{"subject":"s","predicate":"p","value":"v","confidence":1.5}""", "confidence")]
    [InlineData("append_observation", """{"subject":"","predicate":"p","value":"v"}""", "subject")]
    [InlineData("sync_vaults", """{"local":"a","remote":"/a"}""", "the same vault")]
    [InlineData("sync_vaults", """{"local":"a"}""", "remote")]
    [InlineData("init_vault", """{"vault_path":"a","format":"zip"}""", "format")]
    public async Task What_cannot_be_used_is_refused_with_a_sentence_and_no_vault_hears_of_it(string tool, string arguments, string sentence)
    {
        var answer = await Http.CallAsync(tool, arguments);
        answer.IsToolError.ShouldBeTrue(answer.Text);
        answer.ToolText.ShouldContain(sentence);
        Tenants.Used.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_verification_is_summed_up_as_hunt_mcp_does()
    {
        Tenants["notes"].Results["verify_vault"] = _ => """{"valid":false,"checks":[{"name":"chain","errors":1},{"name":"sig","errors":0},{"name":"files","errors":0}]}""";
        var result = (await Http.CallAsync("verify_vault", """{"vault_path":"notes"}""")).Result["structuredContent"]!;
        ((string)result["vault_path"]!, (int)result["passed"]!, (int)result["failed"]!, (string)result["overall"]!).ShouldBe(("notes", 2, 1, "FAIL"));
    }

    [Fact]
    public async Task An_idempotency_key_goes_beside_the_operation()
    {
        (await Http.CallAsync("rotate_key", """{"vault_path":"notes","idempotency_key":"once"}""")).ShouldSucceed();
        Tenants["notes"].LastKey.ShouldBe("once");
        Tenants["notes"].Calls.ShouldHaveSingleItem().ShouldBe("rotate_key {}");
    }

    [Fact]
    public async Task The_result_is_the_operations_and_the_text_the_same_object()
    {
        Tenants["team/notes"].Results["get_vault_status"] = _ => """{"event_count":3,"actors":{"a":3}}""";
        var answer = await Http.CallAsync("get_vault_status", """{"vault_path":"./team/notes"}""");
        answer.Result["structuredContent"]!.ToJsonString().ShouldBe("""{"vault_path":"team/notes","event_count":3,"actors":{"a":3}}""");
        answer.ToolText.ShouldStartWith("{\n  \"vault_path\": \"team/notes\",\n  \"event_count\": 3,");
        JsonNode.DeepEquals(JsonNode.Parse(answer.ToolText), answer.Result["structuredContent"]).ShouldBeTrue();
    }

    [Fact]
    public async Task Long_work_says_how_far_it_is()
    {
        var request = McpRequest.Call("snapshot_belief", """{"vault_path":"notes"}""");
        request.Meta["progressToken"] = "p";
        var progress = (await Http.PostAsync(request)).Notifications("notifications/progress").ShouldHaveSingleItem();
        ((double)progress["params"]!["progress"]!, (double)progress["params"]!["total"]!).ShouldBe((1, 2));
    }

    [Theory]
    [InlineData("snapshot_state", """{"vault_path":"none"}""")]
    [InlineData("export_state", """{"path":"none"}""")]
    [InlineData("get_event", """{"vault_path":"none","event_id":"x"}""")]
    [InlineData("sync_vaults", """{"local":"notes","remote":"none"}""")]
    public async Task A_missing_vault_is_told_in_the_words_clients_look_for(string tool, string arguments)
    {
        Tenants["none"].IsMissing = true;
        var answer = await Http.CallAsync(tool, arguments);
        answer.IsToolError.ShouldBeTrue(answer.Text);
        answer.ToolText.ShouldContain("vault_path is not a directory: none");
    }

    [Fact]
    public async Task What_else_is_missing_is_not_taken_for_the_vault()
    {
        Tenants["notes"].Results["get_event"] = _ => throw new TenantException(TenantFailure.NotFound, "There is no event \"x\".");
        var answer = await Http.CallAsync("get_event", """{"vault_path":"notes","event_id":"x"}""");
        answer.IsToolError.ShouldBeTrue(answer.Text);
        answer.ToolText.ShouldContain("There is no event");
        answer.ToolText.ShouldNotContain("is not a directory");
    }
}
