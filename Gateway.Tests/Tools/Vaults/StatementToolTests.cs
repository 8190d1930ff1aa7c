namespace Granary.Gateway.Tests.Tools.Vaults;

/// <summary>append_observation, append_assertion, bootstrap_vault, init_vault: what reaches the vault, and what comes back.</summary>
public sealed class StatementToolTests : FakeVaultTests
{
    [Theory]
    [InlineData("append_observation", "OBSERVATION", "0.5")]
    [InlineData("append_assertion", "ASSERTION", "0.35")]
    public async Task A_statement_has_the_older_servers_defaults(string tool, string type, string confidence)
    {
        (await Http.CallAsync(tool, """{"subject":"door","predicate":"is","value":"open","event_type":"ATTESTATION"}""")).ToolText.ShouldContain("event_type is an unknown property");
        Tenants.Used.ShouldBeEmpty();
        (await Http.CallAsync(tool, """{"subject":"door","predicate":"is","value":"open"}""")).ShouldSucceed();
        Tenants["house"].Calls.ShouldHaveSingleItem().ShouldBe(
            $$"""append_belief {"subject":"door","predicate":"is","value":"open","event_type":"{{type}}","confidence":{{confidence}},"namespace":"local","actor":"mcp_client"}""");
    }

    [Fact]
    public async Task Numbers_keep_the_way_they_are_written()
    {
        await Http.CallAsync("append_observation", """{"subject":"t","predicate":"is","value":1.50,"confidence":1.0,"actor":"me","idempotency_key":"once"}""");
        Tenants["house"].Calls.ShouldHaveSingleItem().ShouldBe(
            """append_belief {"subject":"t","predicate":"is","value":1.50,"confidence":1.0,"actor":"me","event_type":"OBSERVATION","namespace":"local"}""");
        Tenants["house"].LastKey.ShouldBe("once");
        await Http.CallAsync("append_observation", """{"subject":"t","predicate":"is","value":2.0}""");
        Tenants["house"].Calls.Last().ShouldContain("\"value\":2.0,");
    }

    [Fact]
    public async Task Bootstrap_makes_a_backpack_vault()
    {
        var answer = await Http.CallAsync("bootstrap_vault", """{"path":"team/pack","uid":"u-1","actor":"me","quorum":true}""");
        var creation = Tenants["team/pack"].Creation!;
        (creation.Format, creation.Uid, creation.Actor, creation.Quorum).ShouldBe(("backpack", "u-1", "me", true));
        var result = answer.Result["structuredContent"]!;
        ((string)result["vault_path"]!, (string)result["uid"]!, (string)result["root_key_id"]!, (string)result["quorum_key_id"]!)
            .ShouldBe(("team/pack", "u-1", "bp1_0123456789abcdef", "bp1_quorum"));
        result["errors"]!.AsArray().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""{"vault_path":"v"}""", "psmc", null)]
    [InlineData("""{"vault_path":"v","actor_name":"me"}""", "psmc", null)]
    [InlineData("""{"vault_path":"v","format":"backpack"}""", "backpack", "default")]
    [InlineData("""{"vault_path":"v","format":"backpack","actor_name":"me"}""", "backpack", "me")]
    public async Task Init_makes_the_format_that_is_asked_for(string arguments, string format, string? actor)
    {
        var answer = await Http.CallAsync("init_vault", arguments);
        (Tenants["v"].Creation!.Format, Tenants["v"].Creation!.Actor).ShouldBe((format, actor));
        answer.Result["structuredContent"]!["success"]!.GetValue<bool>().ShouldBeTrue();
        ((string)answer.Result["structuredContent"]!["vault_path"]!).ShouldBe("v");
    }

    [Fact]
    public async Task An_event_of_a_backpack_vault_has_an_actor_and_a_namespace()
    {
        await Http.CallAsync("append_event", """{"vault_path":"v","event_type":"OBSERVATION","data":{"subject":"s","predicate":"p"},"actor":"me","namespace":"local"}""");
        (Tenants["v"].LastAppend!.Actor, Tenants["v"].LastAppend!.Namespace).ShouldBe(("me", "local"));
        await Http.CallAsync("append_event", """{"vault_path":"v","event_type":"note","data":{}}""");
        (Tenants["v"].LastAppend!.Actor, Tenants["v"].LastAppend!.Namespace).ShouldBe((null, null));
    }

    [Fact]
    public async Task Chain_results_are_told_by_actor()
    {
        var vault = Tenants["v"];
        vault.Results["vault_status"] = _ => """{"actor_count":2,"actors":{"ann":3,"bob":4}}""";
        vault.Results["list_events"] = a => (int)a["offset"]! == 5 ? """{"events":[{"actor":"bob"}]}""" : """{"events":[]}""";
        (await Chains("""{"path":"v"}""")).ShouldBe("""{"ann":true,"bob":true}""");
        vault.Report = new(false, 7, new string('a', 64), [new(5, "event.sig", "The signature is wrong.")], 1);
        (await Chains("""{"vault_path":"v"}""")).ShouldBe("""{"ann":true,"bob":false}""");
        vault.Report = new(false, 7, new string('a', 64), [new(null, "head", "Events are missing.")], 1);
        (await Chains("""{"vault_path":"v"}""")).ShouldBe("""{"ann":false,"bob":false}""");
    }

    private async Task<string> Chains(string arguments)
    {
        var answer = await Http.CallAsync("verify_chain", arguments);
        answer.IsToolError.ShouldBeFalse(answer.Text);
        var result = answer.Result["structuredContent"]!;
        ((int)result["actors_checked"]!).ShouldBe(2);
        result["success"]!.GetValue<bool>().ShouldBe(result["valid"]!.GetValue<bool>());
        return result["chain_results"]!.ToJsonString();
    }
}
