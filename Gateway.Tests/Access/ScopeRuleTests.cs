using Granary.Gateway.Access;
using Granary.Tenants;

namespace Granary.Gateway.Tests.Access;

/// <summary>What a scope grants, and what a line of a policy forbids.</summary>
[Trait("Kind", "Hostile")]
public sealed class ScopeRuleTests
{
    [Theory]
    [InlineData("*", "vault:admin", true)]
    [InlineData("vault:read", "vault:read", true)]
    [InlineData("vault:read", "vault:append", false)]
    [InlineData("vault:append", "vault:append", true)]
    [InlineData("vault:append", "vault:read", false)]
    [InlineData("vault:append", "vault:write", false)]
    [InlineData("vault:write", "vault:read", true)]
    [InlineData("vault:write", "vault:append", true)]
    [InlineData("vault:write", "vault:admin", false)]
    [InlineData("vault:admin", "vault:write", true)]
    [InlineData("vault:admin", "vault:read", true)]
    [InlineData("vault:admin", "instana:read", false)]
    [InlineData("instana:write", "instana:read", true)]
    [InlineData("instana:write", "vault:read", false)]
    public void Broader_scopes_include_narrower_ones(string granted, string wanted, bool covers) =>
        new Grants([granted]).Cover(CallTarget.Of(wanted)).ShouldBe(covers);

    [Theory]
    [InlineData("vault:team/*:append", "team/notes", true)]
    [InlineData("vault:team/*:append", "team/a/b", true)]
    [InlineData("vault:team/*:append", "team", false)]
    [InlineData("vault:team/*:append", "teams/notes", false)]
    [InlineData("vault:team/*:append", "Team/notes", false)]
    [InlineData("vault:team:append", "team", true)]
    [InlineData("vault:team:append", "team/notes", false)]
    [InlineData("vault:*:append", "anything", true)]
    [InlineData("vault:team/*:read", "team/notes", false)]
    [InlineData("vault:team/*:write", "team/notes", true)]
    [InlineData("vault:team/*:append", null, true)]
    public void A_scope_may_be_narrowed_to_vaults(string granted, string? vault, bool covers) =>
        new Grants([granted]).Cover(CallTarget.Of("vault:append") with { Tool = "append_event", Vault = vault }).ShouldBe(covers);

    [Theory]
    [InlineData("tool:manage_slo:read", "manage_slo", "get_all_slo_configs", "instana:read", true)]
    [InlineData("tool:manage_slo:read", "manage_slo", "create_slo_config", "instana:write", false)]
    [InlineData("tool:manage_slo:write", "manage_slo", "create_slo_config", "instana:write", true)]
    [InlineData("tool:manage_slo:read", "manage_events", "get_event", "instana:read", false)]
    [InlineData("tool:manage_*:read", "manage_events", "get_event", "instana:read", true)]
    [InlineData("tool:manage_events/get_*:read", "manage_events", "get_event", "instana:read", true)]
    [InlineData("tool:manage_events/get_*:read", "manage_events", "list_events", "instana:read", false)]
    [InlineData("tool:manage_events/get_*:read", "manage_events", null, "instana:read", true)]
    [InlineData("tool:*:read", null, null, "instana:read", false)]
    public void A_scope_may_be_narrowed_to_tools_and_operations(string granted, string? tool, string? operation, string wanted, bool covers) =>
        new Grants([granted]).Cover(CallTarget.Of(wanted) with { Tool = tool, Operation = operation }).ShouldBe(covers);

    [Theory]
    [InlineData("vault:*", "vault:read", true)]
    [InlineData("vault:write", "vault:append", true)]
    [InlineData("vault:write", "vault:admin", true)]
    [InlineData("vault:write", "vault:read", false)]
    [InlineData("vault:read", "vault:read", true)]
    [InlineData("vault:read", "vault:append", false)]
    [InlineData("vault:secret/*:*", "vault:read", true)]
    [InlineData("vault:other/*:*", "vault:read", false)]
    [InlineData("tool:shred_event:*", "vault:admin", true)]
    [InlineData("tool:seal_vault:*", "vault:admin", false)]
    [InlineData("instana:*", "vault:read", false)]
    [InlineData("*", "vault:read", true)]
    public void A_policy_forbids_what_its_line_names(string line, string wanted, bool forbids)
    {
        ScopeRule.TryParse(line, isPolicy: true, out var rule, out _).ShouldBeTrue();
        rule.Forbids(CallTarget.Of(wanted) with { Tool = "shred_event", Vault = "secret/one" }).ShouldBe(forbids);
    }

    [Fact]
    public void A_line_about_some_vaults_does_not_forbid_the_tool()
    {
        ScopeRule.TryParse("vault:secret/*:*", isPolicy: true, out var rule, out _).ShouldBeTrue();
        rule.Forbids(CallTarget.Of("vault:read") with { Tool = "query_timeline" }).ShouldBeFalse();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("**")]
    [InlineData("VAULT:READ")]
    [InlineData("vault")]
    [InlineData("vault:")]
    [InlineData("vault:fly")]
    [InlineData("vault:*")]
    [InlineData("vault:team/*:*")]
    [InlineData("vault::read")]
    [InlineData("vault:a*b:read")]
    [InlineData("vault:../x:read")]
    [InlineData("instana:append")]
    [InlineData("instana:admin")]
    [InlineData("instana:x:read")]
    [InlineData("tool:read")]
    [InlineData("tool::read")]
    [InlineData("tool:a b:read")]
    [InlineData("tool:a/:read")]
    [InlineData("tool:a*b:read")]
    [InlineData("vault:read ")]
    public void What_is_no_scope_is_said_in_a_sentence(string? text)
    {
        ScopeRule.TryParse(text, isPolicy: false, out _, out var problem).ShouldBeFalse();
        problem.ShouldEndWith(".");
        Scopes.IsKnown(text).ShouldBeFalse();
    }

    /// <summary>The silo asks for the right that the tool asks for, or for one that it includes.</summary>
    [Fact]
    public void Operations_of_vaults_take_what_their_names_say()
    {
        foreach (var name in (string[])["shred_event", "redact_event", "seal_vault", "rotate_key"])
            Granary.Tenants.Vaults.VaultOperations.Needs(name).ShouldBe(AccessRights.Admin, name);
        Granary.Tenants.Vaults.VaultOperations.Needs("append_belief").ShouldBe(AccessRights.Append);
        Granary.Tenants.Vaults.VaultOperations.Needs("import_delta").ShouldBe(AccessRights.Write);
        Granary.Tenants.Vaults.VaultOperations.Needs("list_events").ShouldBe(AccessRights.Read);
        Granary.Tenants.Vaults.VaultOperations.Needs("no_such").ShouldBe(AccessRights.Admin);
    }
}
