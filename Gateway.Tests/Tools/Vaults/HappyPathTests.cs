using System.Text.Encodings.Web;
using System.Text.Json;
using Granary.Gateway.Schemas;
using Granary.Gateway.Tests.EndToEnd;

namespace Granary.Gateway.Tests.Tools.Vaults;

/// <summary>What the vault tools answer when all is well, over HTTP.</summary>
public sealed class HappyPathTests
{
    private const string Sha256 = "^[0-9a-f]{64}$";

    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        IndentSize = 2,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    [Fact]
    public async Task Every_vault_tool_answers_by_its_output_schema_with_the_same_object_as_text()
    {
        await using var gateway = await RunningGateway.StartAsync();
        var tools = await gateway.Client.ListAsync();
        foreach (var (tool, arguments) in new[]
        {
            ("init_vault", """{"vault_path":"team/notes"}"""),
            ("append_event", """{"vault_path":"team/notes","event_type":"note","data":{"n":1.0,"text":"größer <b>& \"quoted\" 🌾"}}"""),
            ("append_event", """{"vault_path":"team/notes","event_type":"belief","data":{"subject":"s"},"tags":["a","b"],"emit_provara":true,"idempotency_key":"k1"}"""),
            ("verify_chain", """{"vault_path":"team/notes"}"""),
            ("query_timeline", """{"vault_path":"team/notes"}"""),
        })
        {
            var reply = await gateway.Client.CallAsync(tool, arguments);
            var structured = reply.Success();
            JsonSchema.Compile(tools[tool].GetProperty("outputSchema")).Validate(structured, "result").ShouldBeEmpty(tool);

            // The serialiser still spells characters beyond the basic plane as escapes; results do not.
            reply.Text.ShouldBe(JsonSerializer.Serialize(structured, Indented).Replace("\\uD83C\\uDF3E", "🌾", StringComparison.Ordinal), tool);
            reply.Result.GetProperty("content").GetArrayLength().ShouldBe(1);
        }
    }

    [Fact]
    public async Task A_new_vault_is_described_with_its_public_key()
    {
        await using var gateway = await RunningGateway.StartAsync();
        var created = (await gateway.Client.CallAsync("init_vault", """{"vault_path":"/app/vault"}""")).Success();
        created.GetProperty("vault").GetString().ShouldBe("app/vault");
        created.GetProperty("format").GetString().ShouldBe("psmc");
        created.GetProperty("event_count").GetInt32().ShouldBe(0);
        created.GetProperty("key_id").GetString()!.ShouldStartWith("bp1_");
        Convert.FromBase64String(created.GetProperty("public_key").GetString()!).Length.ShouldBe(32);
        DateTimeOffset.Parse(created.GetProperty("created").GetString()!).Offset.ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public async Task A_vault_is_created_once()
    {
        await using var gateway = await RunningGateway.StartWithVaultAsync();
        var failure = (await gateway.Client.CallAsync("init_vault", """{"vault_path":"./notes"}""")).FailureObject();
        failure.GetProperty("code").GetString().ShouldBe("already_exists");
        failure.GetProperty("retryable").GetBoolean().ShouldBeFalse();
        failure.GetProperty("error").GetString()!.ShouldContain("notes");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_receipt_has_every_field_the_older_server_left_null(bool bridge)
    {
        await using var gateway = await RunningGateway.StartWithVaultAsync();
        var hashes = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            var receipt = (await gateway.Client.CallAsync(
                "append_event", $$"""{"vault_path":"notes","event_type":"belief","data":{"subject":"s{{i}}"},"emit_provara":{{(bridge ? "true" : "false")}}}""")).Success();
            Guid.Parse(receipt.GetProperty("event_id").GetString()!).ShouldNotBe(Guid.Empty);
            receipt.GetProperty("hash").GetString()!.ShouldMatch(Sha256);
            DateTimeOffset.Parse(receipt.GetProperty("timestamp").GetString()!).Offset.ShouldBe(TimeSpan.Zero);
            receipt.GetProperty("position").GetInt64().ShouldBe(i);
            receipt.GetProperty("replayed").GetBoolean().ShouldBeFalse();
            (receipt.GetProperty("provara_event_id").ValueKind == JsonValueKind.String).ShouldBe(bridge);
            (receipt.GetProperty("state_hash").ValueKind == JsonValueKind.String).ShouldBe(bridge);
            if (bridge)
            {
                receipt.GetProperty("provara_event_id").GetString()!.ShouldStartWith("evt_");
                receipt.GetProperty("state_hash").GetString()!.ShouldMatch(Sha256);
                hashes.Add(receipt.GetProperty("state_hash").GetString()!);
            }
        }
        hashes.ShouldBeUnique();
        (await Timeline(gateway)).Select(e => e.GetProperty("seq").GetInt64()).ShouldBe([0, 1, 2]);
        Verify((await gateway.Client.CallAsync("verify_chain", """{"vault_path":"notes"}""")).Success(), 3);
    }

    [Theory]
    [InlineData("identity")]
    [InlineData("decision")]
    [InlineData("belief")]
    [InlineData("promotion")]
    [InlineData("note")]
    [InlineData("milestone")]
    [InlineData("reflection")]
    [InlineData("correction")]
    [InlineData("migration")]
    [InlineData("OBSERVATION")]
    [InlineData("ASSERTION")]
    [InlineData("com.example.order_v2")]
    public async Task Every_type_is_taken_the_nine_the_core_ones_and_ones_own(string type)
    {
        await using var gateway = await RunningGateway.StartWithVaultAsync();
        (await gateway.Client.CallAsync("append_event", $$"""{"vault_path":"notes","event_type":"{{type}}","data":{"subject":"x"},"emit_provara":true}""")).Success();
        var only = (await Timeline(gateway)).ShouldHaveSingleItem();
        only.GetProperty("type").GetString().ShouldBe(type);
        Verify((await gateway.Client.CallAsync("verify_chain", """{"vault_path":"notes"}""")).Success(), 1);
    }

    [Fact]
    public async Task What_was_appended_is_there_after_a_restart_and_verifies()
    {
        await using var gateway = await RunningGateway.StartWithVaultAsync();
        var first = (await gateway.Client.CallAsync(
            "append_event", """{"vault_path":"notes","event_type":"note","data":{"n":1},"tags":["x"],"emit_provara":true,"idempotency_key":"once"}""")).Success();
        var before = (await Timeline(gateway)).Single().GetRawText();
        await gateway.RestartAsync();
        (await Timeline(gateway)).Single().GetRawText().ShouldBe(before);
        var report = (await gateway.Client.CallAsync("verify_chain", """{"vault_path":"notes"}""")).Success();
        Verify(report, 1);
        report.GetProperty("head").GetString().ShouldBe(first.GetProperty("hash").GetString());
        var next = (await gateway.Client.CallAsync("append_event", """{"vault_path":"notes","event_type":"note","data":{"n":2},"emit_provara":true}""")).Success();
        next.GetProperty("position").GetInt64().ShouldBe(1);
        Verify((await gateway.Client.CallAsync("verify_chain", """{"vault_path":"notes"}""")).Success(), 2);
    }

    [Fact]
    public async Task An_empty_vault_verifies_and_has_no_events()
    {
        await using var gateway = await RunningGateway.StartWithVaultAsync();
        var report = (await gateway.Client.CallAsync("verify_chain", """{"vault_path":"notes"}""")).Success();
        Verify(report, 0);
        report.GetProperty("head").GetString().ShouldBe(new string('0', 64));
        (await Timeline(gateway)).ShouldBeEmpty();
    }

    private static void Verify(JsonElement report, long count)
    {
        report.GetProperty("findings").GetArrayLength().ShouldBe(0, report.ToString());
        (report.GetProperty("valid").GetBoolean(), report.GetProperty("event_count").GetInt64(), report.GetProperty("finding_count").GetInt64())
            .ShouldBe((true, count, 0));
    }

    private static async Task<List<JsonElement>> Timeline(RunningGateway gateway) =>
        [.. (await gateway.Client.CallAsync("query_timeline", """{"vault_path":"notes"}""")).Success().GetProperty("events").EnumerateArray()];
}
