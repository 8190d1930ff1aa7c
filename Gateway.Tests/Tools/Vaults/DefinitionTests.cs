using System.Text.Json;
using System.Text.RegularExpressions;
using Granary.Gateway.Tests.EndToEnd;
using Granary.Gateway.Tests.Support;
using Granary.Tenants.Vaults;

namespace Granary.Gateway.Tests.Tools.Vaults;

/// <summary>The tools of Provara's servers under their names with their arguments, and our own beside them.</summary>
public sealed partial class DefinitionTests
{
    [Theory]
    // Specification, 10.1.
    [InlineData("append_event", "vault_path event_type data tags emit_provara", "vault_path event_type data")]
    [InlineData("verify_chain", "vault_path path", "")]
    [InlineData("generate_digest", "vault_path weeks", "vault_path")]
    [InlineData("export_digest", "vault_path weeks", "vault_path")]
    [InlineData("snapshot_belief", "vault_path", "vault_path")]
    [InlineData("snapshot_state", "vault_path", "vault_path")]
    [InlineData("query_timeline", "vault_path event_type start_time end_time limit", "vault_path")]
    [InlineData("list_conflicts", "vault_path", "vault_path")]
    [InlineData("export_markdown", "vault_path", "vault_path")]
    [InlineData("checkpoint_vault", "vault_path", "vault_path")]
    // 10.2.
    [InlineData("init_vault", "vault_path actor_name format", "vault_path")]
    [InlineData("query_events", "vault_path actor event_type after before", "vault_path")]
    [InlineData("get_vault_status", "vault_path", "vault_path")]
    [InlineData("forensic_export", "vault_path output_path", "vault_path")]
    // 10.3.
    [InlineData("bootstrap_vault", "path uid actor quorum", "path")]
    [InlineData("verify_vault", "vault_path path", "")]
    [InlineData("export_state", "path", "path")]
    [InlineData("sync_vaults", "local remote", "local remote")]
    [InlineData("export_delta", "path since_hash output_file", "path")]
    [InlineData("import_delta", "path delta_file", "path")]
    // 10.4.
    [InlineData("vault_status", "vault_path", "")]
    [InlineData("list_events", "event_type actor namespace limit offset", "")]
    [InlineData("get_event", "event_id", "event_id")]
    [InlineData("get_state", "namespace", "")]
    [InlineData("get_beliefs", "namespace key_pattern", "")]
    [InlineData("get_evidence", "belief_key_str", "belief_key_str")]
    [InlineData("search_events", "query event_type actor namespace after before subject predicate value limit cursor", "")]
    [InlineData("append_observation", "subject predicate value confidence namespace actor", "subject predicate value")]
    [InlineData("append_assertion", "subject predicate value confidence namespace actor", "subject predicate value")]
    // Our own.
    [InlineData("rotate_key", "vault_path", "vault_path")]
    [InlineData("seal_vault", "vault_path", "vault_path")]
    [InlineData("redact_event", "vault_path event_id reason", "vault_path event_id reason")]
    [InlineData("shred_event", "vault_path event_id actor reason", "vault_path reason")]
    [InlineData("prove_event", "vault_path event_id position", "vault_path")]
    [InlineData("prove_consistency", "vault_path first_count second_count", "vault_path first_count")]
    [InlineData("get_signed_head", "vault_path", "vault_path")]
    [InlineData("get_manifest", "vault_path", "vault_path")]
    [InlineData("export_vault", "vault_path", "vault_path")]
    [InlineData("issue_fencing_token", "vault_path", "vault_path")]
    [InlineData("check_fencing_token", "vault_path token", "vault_path token")]
    public async Task A_tool_has_its_arguments(string tool, string arguments, string required)
    {
        var schema = (await ToolsAsync())[tool].GetProperty("inputSchema");
        foreach (var argument in Words(arguments))
            schema.GetProperty("properties").TryGetProperty(argument, out _).ShouldBeTrue(argument);
        schema.GetProperty("required").EnumerateArray().Select(r => r.GetString()).ShouldBe(Words(required), ignoreOrder: true);
    }

    [Fact]
    public async Task Every_tool_says_what_it_returns_and_does()
    {
        foreach (var (name, tool) in await ToolsAsync())
        {
            tool.GetProperty("title").GetString().ShouldNotBeNullOrWhiteSpace(name);
            tool.GetProperty("outputSchema").GetProperty("type").GetString().ShouldBe("object", name);
            var hints = tool.GetProperty("annotations");
            hints.GetProperty("openWorldHint").GetBoolean().ShouldBeFalse(name);
            var reads = hints.GetProperty("readOnlyHint").GetBoolean();
            (reads || hints.TryGetProperty("destructiveHint", out _)).ShouldBeTrue(name);
            (!reads && hints.GetProperty("destructiveHint").GetBoolean()).ShouldBe(name is "redact_event" or "shred_event" or "seal_vault", name);
        }
    }

    [Fact]
    public async Task Every_operation_of_a_vault_is_reached_by_a_tool()
    {
        var tools = await ToolsAsync();
        VaultOperations.Names.Where(o => !tools.ContainsKey(o)).Order(StringComparer.Ordinal).ToList()
            .ShouldBe(
                ["anchor_head", "append_belief", "log_checkpoint", "log_keep", "log_stamps", "log_tile"],
                customMessage: "anchor_head is the schedule's, append_observation and append_assertion are append_belief, and paths of HTTP serve the others");
    }

    [Fact]
    public async Task The_manual_has_every_tool_with_every_argument()
    {
        var rows = Rows(await File.ReadAllTextAsync(Path.Combine(Checkout.Root, "docs", "vault-tools.md")));
        var tools = await ToolsAsync();
        rows.Keys.ShouldBe(tools.Keys, ignoreOrder: true);
        foreach (var (name, tool) in tools)
        {
            foreach (var argument in tool.GetProperty("inputSchema").GetProperty("properties").EnumerateObject())
                rows[name].ShouldContain($"`{argument.Name}`", customMessage: name);
        }
    }

    private static async Task<SortedDictionary<string, JsonElement>> ToolsAsync()
    {
        await using var gateway = await RunningGateway.StartAsync(o => o with { Tools = ["vault"] });
        return new SortedDictionary<string, JsonElement>((await gateway.Client.ListAsync()).ToDictionary(t => t.Key, t => t.Value), StringComparer.Ordinal);
    }

    private static Dictionary<string, string> Rows(string manual) =>
        Row().Matches(manual).ToDictionary(m => m.Groups[1].Value, m => m.Value, StringComparer.Ordinal);

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    [GeneratedRegex(@"^\| `([a-z_]+)` .*$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
