using System.Text.Json;
using Granary.Gateway.Schemas;
using Granary.Gateway.Tests.EndToEnd;

namespace Granary.Gateway.Tests.Tools.Vaults;

/// <summary>Every tool on a real vault of each format: it answers by its output schema, and the vault verifies afterwards.</summary>
public sealed class WholeSurfaceTests : IAsyncLifetime
{
    private RunningGateway _gateway = null!;
    private IReadOnlyDictionary<string, JsonElement> _tools = null!;

    public async Task InitializeAsync()
    {
        _gateway = await RunningGateway.StartAsync();
        _tools = await _gateway.Client.ListAsync();
    }

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Fact]
    public async Task A_backpack_vault_is_served_by_all_of_them()
    {
        var born = await CallAsync("bootstrap_vault", """{"path":"pack","actor":"me","quorum":true}""");
        born.GetProperty("uid").GetString().ShouldNotBeNullOrEmpty();
        born.GetProperty("event_count").GetInt32().ShouldBe(2);
        var first = await CallAsync("append_observation", """{"vault_path":"pack","subject":"door","predicate":"is","value":"open","confidence":0.9}""");
        first.GetProperty("belief_status").GetString().ShouldBe("local");
        first.GetProperty("new_event_count").GetInt32().ShouldBe(3);
        var second = await CallAsync("append_assertion", """{"path":"pack","subject":"door","predicate":"is","value":"shut","confidence":0.8}""");
        second.GetProperty("belief_status").GetString().ShouldBe("contested");
        await CallAsync("append_event", """{"vault_path":"pack","event_type":"com.example.door.note","data":{"n":1},"actor":"ann"}""");
        var id = first.GetProperty("event_id").GetString();

        (await CallAsync("get_event", $$"""{"vault_path":"pack","event_id":"{{id}}"}""")).GetProperty("position").GetInt32().ShouldBe(2);
        (await CallAsync("list_events", """{"vault_path":"pack","actor":"ann"}""")).GetProperty("total").GetInt32().ShouldBe(1);
        (await CallAsync("query_events", """{"vault_path":"pack","event_type":"ASSERTION","after":"2000-01-01"}""")).GetProperty("count").GetInt32().ShouldBe(1);
        (await CallAsync("search_events", """{"vault_path":"pack","subject":"door","value":"shut"}""")).GetProperty("count").GetInt32().ShouldBe(1);
        (await CallAsync("get_vault_status", """{"vault_path":"pack"}""")).GetProperty("actor_count").GetInt32().ShouldBe(3);
        await CallAsync("vault_status", """{"vault_path":"pack"}""");
        (await CallAsync("query_timeline", """{"vault_path":"pack","limit":2}""")).GetProperty("events").GetArrayLength().ShouldBe(2);

        var hash = (await CallAsync("export_state", """{"path":"pack"}""")).GetProperty("state_hash").GetString();
        (await CallAsync("snapshot_belief", """{"vault_path":"pack"}""")).GetProperty("metadata").GetProperty("state_hash").GetString().ShouldBe(hash);
        await CallAsync("snapshot_state", """{"vault_path":"pack"}""");
        (await CallAsync("get_state", """{"vault_path":"pack","namespace":"contested"}""")).GetProperty("state_hash").GetString().ShouldBe(hash);
        (await CallAsync("get_beliefs", """{"vault_path":"pack","namespace":"contested","key_pattern":"door"}""")).GetProperty("beliefs").TryGetProperty("door:is", out _).ShouldBeTrue();
        await CallAsync("get_evidence", """{"vault_path":"pack","belief_key_str":"door:is"}""");
        (await CallAsync("list_conflicts", """{"vault_path":"pack"}""")).GetProperty("conflicts").TryGetProperty("door:is", out _).ShouldBeTrue();
        await CallAsync("checkpoint_vault", """{"vault_path":"pack"}""");

        (await CallAsync("get_signed_head", """{"vault_path":"pack"}""")).GetProperty("signed_head").GetProperty("count").GetInt32().ShouldBe(5);
        await CallAsync("prove_event", $$"""{"vault_path":"pack","event_id":"{{id}}"}""");
        await CallAsync("prove_consistency", """{"vault_path":"pack","first_count":2}""");
        await CallAsync("get_manifest", """{"vault_path":"pack"}""");
        Convert.FromBase64String((await CallAsync("export_vault", """{"vault_path":"pack"}""")).GetProperty("zip_base64").GetString()!)[..2].ShouldBe("PK"u8.ToArray());
        var chains = await CallAsync("verify_chain", """{"path":"pack"}""");
        chains.GetProperty("chain_results").EnumerateObject().Select(c => (c.Name, c.Value.GetBoolean())).ShouldBe([("ann", true), ("mcp_client", true), ("me", true)]);

        (await CallAsync("verify_vault", """{"vault_path":"pack"}""")).GetProperty("overall").GetString().ShouldBe("PASS");
        (await CallAsync("forensic_export", """{"vault_path":"pack","output_path":"/tmp/x"}""")).GetProperty("signature_integrity").GetBoolean().ShouldBeTrue();
        var token = (await CallAsync("issue_fencing_token", """{"vault_path":"pack"}""")).GetProperty("token").GetRawText();
        (await CallAsync("check_fencing_token", $$"""{"vault_path":"pack","token":{{token}}}""")).GetProperty("valid").GetBoolean().ShouldBeTrue();
        (await CallAsync("append_event", """{"vault_path":"pack","event_type":"com.example.door.secret","data":{"who":"bob"},"actor":"me","encrypt":true}""")).GetProperty("position").GetInt32().ShouldBe(5);
        (await CallAsync("check_fencing_token", $$"""{"vault_path":"pack","token":{{token}}}""")).GetProperty("valid").GetBoolean().ShouldBeFalse();

        (await CallAsync("shred_event", """{"vault_path":"pack","actor":"me","reason":"GDPR_ERASURE"}""")).GetProperty("keys_destroyed").GetInt32().ShouldBe(1);
        (await CallAsync("redact_event", $$"""{"vault_path":"pack","event_id":"{{id}}","reason":"OTHER"}""")).GetProperty("target_event_id").GetString().ShouldBe(id);
        (await CallAsync("rotate_key", """{"vault_path":"pack"}""")).GetProperty("revoked_key_id").GetString().ShouldBe(born.GetProperty("root_key_id").GetString());
        await CallAsync("seal_vault", """{"vault_path":"pack"}""");
        (await _gateway.Client.CallAsync("append_observation", """{"vault_path":"pack","subject":"s","predicate":"p","value":"v"}""")).Failure().ShouldContain("sealed");
        (await CallAsync("verify_chain", """{"path":"pack"}""")).GetProperty("valid").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task Two_vaults_are_synced_by_the_tools()
    {
        foreach (var name in new[] { "a", "b" })
            await CallAsync("bootstrap_vault", $$"""{"path":"{{name}}","actor":"{{name}}"}""");
        await CallAsync("append_observation", """{"vault_path":"b","subject":"s","predicate":"p","value":"v","actor":"bob"}""");
        var key = (await CallAsync("vault_status", """{"vault_path":"b"}""")).GetProperty("key_id").GetString();
        (await CallAsync("sync_vaults", """{"local":"a","remote":"b"}""")).GetProperty("success").GetBoolean().ShouldBeFalse("nobody vouches for the key of b");
        var synced = await CallAsync("sync_vaults", $$"""{"local":"a","remote":"b","trusted_keys":["{{key}}"]}""");
        synced.GetProperty("success").GetBoolean().ShouldBeTrue(synced.ToString());
        synced.GetProperty("events_merged").GetInt32().ShouldBeGreaterThan(2);
        (await CallAsync("list_events", """{"vault_path":"a","actor":"bob"}""")).GetProperty("total").GetInt32().ShouldBe(1);
        (await CallAsync("sync_vaults", $$"""{"local":"a","remote":"b","trusted_keys":["{{key}}"]}""")).GetProperty("imported_count").GetInt32().ShouldBe(0);
    }

    [Fact]
    public async Task A_psmc_vault_is_served_by_what_it_can_do()
    {
        await CallAsync("init_vault", """{"vault_path":"notes"}""");
        var first = await CallAsync("append_event", """{"vault_path":"notes","event_type":"belief","data":{"subject":"s","statement":"a","confidence":0.9},"emit_provara":true}""");
        await CallAsync("append_event", """{"vault_path":"notes","event_type":"belief","data":{"subject":"s","statement":"b","confidence":0.9}}""");
        var id = first.GetProperty("event_id").GetString();
        foreach (var (tool, arguments) in new[]
        {
            ("get_event", $$"""{"vault_path":"notes","event_id":"{{id}}"}"""), ("list_events", """{"vault_path":"notes"}"""), ("query_events", """{"vault_path":"notes"}"""),
            ("search_events", """{"vault_path":"notes","value":"a"}"""), ("get_vault_status", """{"vault_path":"notes"}"""), ("snapshot_belief", """{"vault_path":"notes"}"""),
            ("get_state", """{"vault_path":"notes"}"""), ("get_beliefs", """{"vault_path":"notes"}"""), ("export_state", """{"path":"notes"}"""),
            ("list_conflicts", """{"vault_path":"notes"}"""), ("checkpoint_vault", """{"vault_path":"notes"}"""), ("get_signed_head", """{"vault_path":"notes"}"""),
            ("prove_event", """{"vault_path":"notes","position":1}"""), ("prove_consistency", """{"vault_path":"notes","first_count":1}"""), ("export_vault", """{"vault_path":"notes"}"""),
            ("generate_digest", """{"vault_path":"notes"}"""), ("export_digest", """{"vault_path":"notes","weeks":4}"""), ("export_markdown", """{"vault_path":"notes"}"""),
            ("verify_vault", """{"vault_path":"notes"}"""), ("rotate_key", """{"vault_path":"notes"}"""),
        })
        {
            await CallAsync(tool, arguments);
        }
        (await CallAsync("verify_chain", """{"vault_path":"notes"}""")).GetProperty("valid").GetBoolean().ShouldBeTrue();
    }

    private async Task<JsonElement> CallAsync(string tool, string arguments)
    {
        var reply = await _gateway.Client.CallAsync(tool, arguments);
        reply.IsError.ShouldBeFalse($"{tool}: {reply.Message}");
        var structured = reply.Success();
        JsonSchema.Compile(_tools[tool].GetProperty("outputSchema")).Validate(structured, "result").ShouldBeEmpty(tool);
        return structured;
    }
}
