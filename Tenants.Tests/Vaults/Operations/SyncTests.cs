using System.Text.Json;
using Granary.Tenants.Tests.Support;

namespace Granary.Tenants.Tests.Vaults.Operations;

/// <summary>What one vault hands to another, tokens, and what only PSMC vaults have.</summary>
public sealed class SyncTests : IAsyncLifetime
{
    private readonly TestTenants _tenants = new();

    private IVault Vault => _tenants["notes"];

    public async Task InitializeAsync()
    {
        await Vault.CreateAsync(new VaultCreation { Format = "backpack" }, default);
        await _tenants["psmc"].CreateAsync(default);
    }

    public Task DisposeAsync() => _tenants.DisposeAsync().AsTask();

    [Fact]
    public async Task A_delta_comes_in_pieces_that_go_on_where_the_last_one_ended()
    {
        for (var i = 0; i < 7; i++)
            await BelieveAsync($"s{i}");
        var (events, since, pieces) = (0, "", 0);
        do
        {
            var piece = await Vault.RunAsync("export_delta", since.Length == 0 ? """{"limit":4}""" : $$"""{"limit":4,"since_hash":"{{since}}"}""");
            events += piece.GetProperty("event_count").GetInt32();
            since = piece.GetProperty("next_since").GetString() ?? "";
            pieces++;
        }
        while (since.Length > 0);
        (events, pieces).ShouldBe((9, 3));
    }

    [Fact]
    public async Task What_a_vault_has_already_is_not_imported_again_and_strangers_events_are_refused()
    {
        await BelieveAsync("one");
        var delta = (await Vault.RunAsync("export_delta")).GetProperty("delta").GetRawText();
        var again = await Vault.RunAsync("import_delta", $$"""{"delta":{{delta}}}""");
        (again.GetProperty("success").GetBoolean(), again.GetProperty("imported_count").GetInt32(), again.GetProperty("present_count").GetInt32()).ShouldBe((true, 0, 3));
        await _tenants["other"].CreateAsync(new VaultCreation { Format = "backpack" }, default);
        var stranger = await _tenants["other"].RunAsync("import_delta", $$"""{"delta":{{delta}}}""");
        stranger.GetProperty("success").GetBoolean().ShouldBeFalse();
        stranger.GetProperty("errors").GetArrayLength().ShouldBeGreaterThan(0);
        (await _tenants["other"].GetHeadAsync(default)).Count.ShouldBe(2);
        var refused = await Vault.RefusedAsync("import_delta", """{"delta":"nonsense"}""");
        refused.Failure.ShouldBe(TenantFailure.InvalidInput);
        refused.Message.ShouldStartWith("delta: ");
    }

    [Fact]
    public async Task Events_of_a_key_that_is_vouched_for_are_appended_and_the_vault_goes_on()
    {
        await BelieveAsync("one");
        var made = await Vault.RunAsync("vault_status");
        await _tenants["other"].CreateAsync(new VaultCreation { Format = "backpack", Actor = "other" }, default);
        var delta = (await Vault.RunAsync("export_delta", "{}")).GetProperty("delta").GetRawText();
        var imported = await _tenants["other"].RunAsync(
            "import_delta", $$"""{"delta":{{delta}},"trusted_keys":["{{made.GetProperty("key_id").GetString()}}"]}""", "k");
        imported.GetProperty("errors").GetRawText().ShouldBe("[]");
        imported.GetProperty("imported_count").GetInt64().ShouldBe(3);
        (await _tenants["other"].GetHeadAsync(default)).Count.ShouldBe(5);
        (await _tenants["other"].RunAsync(
            "import_delta", $$"""{"delta":{{delta}},"trusted_keys":["{{made.GetProperty("key_id").GetString()}}"]}""", "k")).GetRawText().ShouldBe(imported.GetRawText());
        await _tenants["other"].AppendAsync(new AppendEvent("OBSERVATION", """{"subject":"s","predicate":"p","value":1}"""u8.ToArray()), default);
    }

    [Fact]
    public async Task Two_vaults_whose_chains_have_one_actor_are_not_brought_together()
    {
        await BelieveAsync("one");
        var key = (await Vault.RunAsync("vault_status")).GetProperty("key_id").GetString();
        await _tenants["other"].CreateAsync(new VaultCreation { Format = "backpack" }, default);
        var delta = (await Vault.RunAsync("export_delta", "{}")).GetProperty("delta").GetRawText();
        foreach (var strict in new[] { "true", "false" })
        {
            var refused = await _tenants["other"].RunAsync("import_delta", $$"""{"delta":{{delta}},"trusted_keys":["{{key}}"],"strict":{{strict}}}""");
            refused.GetProperty("success").GetBoolean().ShouldBeFalse();
            refused.GetProperty("errors").GetRawText().ShouldContain("would fork");
            (await _tenants["other"].VerifyAsync(null, default)).ShouldSatisfyAllConditions(report => report.Valid.ShouldBeTrue(), report => report.EventCount.ShouldBe(2));
        }
    }

    [Fact]
    public async Task A_fencing_token_holds_until_somebody_appends()
    {
        var token = (await Vault.RunAsync("issue_fencing_token")).GetProperty("token").GetRawText();
        (await CheckAsync(token)).GetProperty("valid").GetBoolean().ShouldBeTrue();
        await BelieveAsync("more");
        (await CheckAsync(token)).GetProperty("reason").GetString().ShouldNotBeNull().ShouldContain("gone on");
        (await CheckAsync(token, ",\"latest\":false")).GetProperty("valid").GetBoolean().ShouldBeTrue();
        (await CheckAsync("{}")).GetProperty("valid").GetBoolean().ShouldBeFalse();
        (await Vault.RefusedAsync("check_fencing_token", "{}")).Message.ShouldStartWith("token is required");
    }

    [Fact]
    public async Task A_psmc_vault_has_digests_and_markdown_and_a_backpack_has_not()
    {
        await _tenants["psmc"].AppendAsync(TestTenants.Note("""{"text":"remember this"}"""), default);
        (await _tenants["psmc"].RunAsync("generate_digest")).GetProperty("digest").GetString().ShouldNotBeNull().ShouldContain("remember this");
        (await _tenants["psmc"].RunAsync("export_markdown")).GetProperty("markdown").GetString().ShouldNotBeNull().ShouldContain("remember this");
        (await _tenants["psmc"].RefusedAsync("generate_digest", """{"weeks":0}""")).Failure.ShouldBe(TenantFailure.InvalidInput);
        (await Vault.RefusedAsync("generate_digest", "{}")).Message.ShouldContain("is for vaults of the format psmc");
        (await _tenants["psmc"].RefusedAsync("export_delta", "{}")).Message.ShouldContain("is for vaults of the format backpack");
    }

    [Fact]
    public async Task A_psmc_key_is_rotated_once_per_key_and_the_new_one_signs()
    {
        await _tenants["psmc"].AppendAsync(TestTenants.Note(), default);
        var rotated = await _tenants["psmc"].RunAsync("rotate_key", "{}", "k");
        (await _tenants["psmc"].RunAsync("rotate_key", "{}", "k")).GetRawText().ShouldBe(rotated.GetRawText());
        await _tenants["psmc"].AppendAsync(TestTenants.Note(), default);
        var status = await _tenants["psmc"].RunAsync("vault_status");
        status.GetProperty("key_id").GetString().ShouldBe(rotated.GetProperty("new_key_id").GetString());
        (await _tenants["psmc"].VerifyAsync(null, default)).ShouldSatisfyAllConditions(report => report.Valid.ShouldBeTrue(), report => report.EventCount.ShouldBe(3));
    }

    private Task<JsonElement> CheckAsync(string token, string more = "") => Vault.RunAsync("check_fencing_token", $$"""{"token":{{token}}{{more}}}""");

    private Task<JsonElement> BelieveAsync(string subject) => Vault.RunAsync("append_belief", $$"""{"subject":"{{subject}}","predicate":"is","value":1}""");
}
