using System.Net;
using System.Text.Json.Nodes;

namespace Granary.Cli.Tests.Remote;

public sealed class GatewayTests
{
    private const string Url = "http://127.0.0.1:9";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_call_names_the_vault_the_revision_and_the_key_and_prints_the_structured_result(bool streams)
    {
        using var gateway = new FakeGateway { Streams = streams };
        gateway.Tools["get_vault_status"] = arguments => new JsonObject { ["vault_path"] = arguments["vault_path"]!.ToString(), ["event_count"] = 7, ["format"] = "psmc" };
        var status = await gateway.RunAsync("status", "team/notes", "--gateway", Url, "--api-key", "grk_1", "--json");
        status.Succeeded().Json["event_count"]!.GetValue<int>().ShouldBe(7);
        status.Json["vault_path"]!.ToString().ShouldBe("team/notes");
        var (request, body) = gateway.Calls.ShouldHaveSingleItem();
        request.RequestUri!.ToString().ShouldBe(Url + "/mcp");
        request.Headers.Authorization!.ToString().ShouldBe("Bearer grk_1");
        request.Headers.GetValues("MCP-Protocol-Version").ShouldHaveSingleItem().ShouldBe("2026-07-28");
        request.Headers.GetValues("Mcp-Name").ShouldHaveSingleItem().ShouldBe("get_vault_status");
        body["params"]!["_meta"]!["io.modelcontextprotocol/protocolVersion"]!.ToString().ShouldBe("2026-07-28");
    }

    [Theory]
    [InlineData("PROVARA_APIKEY")]
    [InlineData("PROVARA_API_KEYS")]
    [InlineData("GRANARY_API_KEY")]
    public async Task A_key_in_a_variable_with_a_slip_in_its_name_is_told(string variable)
    {
        using var gateway = new FakeGateway { Variables = [variable] };
        gateway.Tools["get_vault_status"] = _ => new JsonObject { ["format"] = "psmc" };
        (await gateway.RunAsync("status", "notes", "--gateway", Url)).Error.ShouldContain($"WARNING: {variable} is set, and provara reads no such variable; did you mean PROVARA_API_KEY?");
        (await gateway.RunAsync("status", "notes", "--gateway", Url, "--api-key", "grk_1")).Error.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_vault_may_be_named_by_an_option_and_the_URL_may_have_a_path()
    {
        using var gateway = new FakeGateway();
        gateway.Tools["snapshot_belief"] = _ => new JsonObject { ["local"] = new JsonObject() };
        (await gateway.RunAsync("replay", "--gateway", Url + "/tenant/mcp", "--vault", "notes")).Succeeded();
        gateway.Calls[0].Request.RequestUri!.AbsolutePath.ShouldBe("/tenant/mcp");
        gateway.Calls[0].Body["params"]!["arguments"]!["vault_path"]!.ToString().ShouldBe("notes");
    }

    [Theory]
    [InlineData("psmc", "{\"a\":1}")]
    [InlineData("backpack", "{\"subject\":\"provara_cli\",\"predicate\":\"note\",\"value\":{\"a\":1},\"confidence\":1.0}")]
    public async Task Append_wraps_the_data_only_where_the_vault_s_format_wants_it(string format, string sent)
    {
        using var gateway = new FakeGateway();
        gateway.Tools["get_vault_status"] = _ => new JsonObject { ["format"] = format };
        gateway.Tools["append_event"] = _ => new JsonObject { ["event_id"] = "e1" };
        (await gateway.RunAsync("append", "notes", "--gateway", Url, "--type", "note", "--data", "{\"a\":1}")).Succeeded().Output.ShouldContain("e1");
        gateway.Calls[1].Body["params"]!["arguments"]!["data"]!.ToJsonString().ShouldBe(sent);
    }

    [Fact]
    public async Task Query_goes_on_until_the_gateway_has_no_more()
    {
        using var gateway = new FakeGateway();
        gateway.Tools["query_events"] = arguments => new JsonObject
        {
            ["events"] = new JsonArray(new JsonObject { ["event_id"] = $"e{arguments["offset"]}", ["type"] = "note", ["timestamp"] = "t" }),
            ["next_offset"] = arguments["offset"]!.GetValue<int>() < 2 ? arguments["offset"]!.GetValue<int>() + 1 : null,
        };
        var rows = JsonNode.Parse((await gateway.RunAsync("query", "notes", "--gateway", Url, "--type", "note")).Succeeded().Output)!.AsArray();
        rows.Select(row => row!["event_id"]!.ToString()).ShouldBe(["e0", "e1", "e2"]);
        gateway.Calls[0].Body["params"]!["arguments"]!["event_type"]!.ToString().ShouldBe("note");
    }

    [Fact]
    public async Task Heads_proofs_and_archives_are_taken_out_of_the_answer()
    {
        using var gateway = new FakeGateway();
        using var desk = new Support.Desk();
        gateway.Tools["get_signed_head"] = _ => new JsonObject { ["signed_head"] = new JsonObject { ["count"] = 3 }, ["public_key"] = "k" };
        gateway.Tools["prove_event"] = arguments => new JsonObject { ["proof"] = new JsonObject { ["of"] = arguments["event_id"]!.ToString() } };
        gateway.Tools["prove_consistency"] = arguments => new JsonObject { ["proof"] = new JsonObject { ["first_count"] = arguments["first_count"]!.DeepClone() } };
        gateway.Tools["export_vault"] = _ => new JsonObject { ["zip_base64"] = Convert.ToBase64String("zip"u8) };
        (await gateway.RunAsync("head", "sign", "notes", "--gateway", Url)).Succeeded().Output.ShouldBe("{\"count\":3}\n");
        (await gateway.RunAsync("proof", "inclusion", "notes", "--event", "e1", "--gateway", Url)).Succeeded().Output.ShouldBe("{\"of\":\"e1\"}\n");
        (await gateway.RunAsync("proof", "consistency", "notes", "--first", "2", "--gateway", Url)).Succeeded().Output.ShouldBe("{\"first_count\":2}\n");
        var backup = (await gateway.RunAsync("backup", "notes", "--gateway", Url, "--to", desk.At("b"), "--json")).Succeeded().Json;
        File.ReadAllText(backup["archive"]!.ToString()).ShouldBe("zip");
    }

    [Fact]
    public async Task A_verification_that_fails_at_the_gateway_is_exit_code_1()
    {
        using var gateway = new FakeGateway();
        gateway.Tools["verify_vault"] = arguments => new JsonObject { ["valid"] = false, ["event_count"] = 3, ["findings"] = new JsonArray(new JsonObject { ["severity"] = "error", ["position"] = 1, ["rule"] = "event.hash", ["reason"] = "changed" }) };
        (await gateway.RunAsync("verify", "notes", "--gateway", Url)).Failed().Output.ShouldContain("event.hash");
    }

    [Fact]
    public async Task A_gateway_s_verification_says_what_was_checked()
    {
        using var gateway = new FakeGateway();
        var check = new JsonObject { ["name"] = "chain", ["summary"] = "3 links", ["errors"] = 0, ["warnings"] = 2 };
        gateway.Tools["verify_vault"] = _ => new JsonObject { ["valid"] = true, ["event_count"] = 3, ["checks"] = new JsonArray(check), ["findings"] = new JsonArray() };
        (await gateway.RunAsync("verify", "notes", "--gateway", Url)).Succeeded().Output.ShouldContain("  chain       2 warnings  3 links");
    }

    [Fact]
    public async Task A_tool_s_own_sentence_is_shown()
    {
        using var gateway = new FakeGateway();
        gateway.Tools["get_vault_status"] = _ => JsonValue.Create("There is no vault of this name.")!;
        (await gateway.RunAsync("status", "nope", "--gateway", Url)).Failed().Error.ShouldContain("There is no vault of this name");
        gateway.Tools["verify_vault"] = _ => JsonValue.Create("""{"error":"The vault is busy.","code":"busy"}""")!;
        (await gateway.RunAsync("verify", "nope", "--gateway", Url)).Failed().Error.ShouldContain("failed. The vault is busy. Fix:");
        (await gateway.RunAsync("replay", "nope", "--gateway", Url)).Failed().Error.ShouldContain("Unknown tool");
    }

    [Theory]
    [InlineData(HttpStatusCode.Unauthorized, "--api-key")]
    [InlineData(HttpStatusCode.Forbidden, "--api-key")]
    [InlineData(HttpStatusCode.BadGateway, "502")]
    public async Task A_gateway_that_does_not_answer_is_told_with_a_fix(HttpStatusCode status, string said)
    {
        using var gateway = new FakeGateway { Status = status };
        (await gateway.RunAsync("status", "notes", "--gateway", Url)).Failed().Error.ShouldContain(said);
    }

    [Fact]
    public async Task Nobody_there_is_told_with_a_fix() =>
        (await Support.Provara.RunAsync("status", "notes", "--gateway", Url)).Failed().Error.ShouldContain("Fix: ");

    [Theory]
    [InlineData("append", "n", "--type", "note", "--data", "{}", "--keyfile", "k")]
    [InlineData("append", "n", "--type", "note", "--data", "{}", "--timestamp", "--tsa-url", "http://tsa.example")]
    [InlineData("backup", "n", "--include-private-keys")]
    [InlineData("verify", "n", "--show-redacted")]
    public async Task What_a_gateway_does_not_do_is_a_usage_error(params string[] args)
    {
        using var gateway = new FakeGateway();
        (await gateway.RunAsync([.. args, "--gateway", Url])).Failed(2);
        gateway.Calls.ShouldBeEmpty();
    }
}
