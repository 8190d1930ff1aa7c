using System.Text.Json;
using Granary.Tenants.Tests.Support;

namespace Granary.Tenants.Tests.Vaults.Operations;

public sealed class StateTests : IAsyncLifetime
{
    private readonly TestTenants _tenants = new();

    private IVault Vault => _tenants["notes"];

    public async Task InitializeAsync() => await Vault.CreateAsync(new VaultCreation { Format = "backpack" }, default);

    public Task DisposeAsync() => _tenants.DisposeAsync().AsTask();

    [Fact]
    public async Task A_belief_is_appended_and_the_state_after_it_is_told()
    {
        var told = await BelieveAsync("door", "is", "\"open\"", more: ",\"confidence\":0.75,\"actor\":\"ada\"");
        told.GetProperty("success").GetBoolean().ShouldBeTrue();
        (told.GetProperty("belief_key").GetString(), told.GetProperty("belief_status").GetString()).ShouldBe(("door:is", "local"));
        (told.GetProperty("position").GetInt64(), told.GetProperty("new_event_count").GetInt64()).ShouldBe((2, 3));
        var state = await Vault.RunAsync("export_state");
        state.GetProperty("state_hash").GetString().ShouldBe(told.GetProperty("new_state_hash").GetString());
        state.GetProperty("local").GetInt32().ShouldBe(2);
        var @event = (await Vault.RunAsync("get_event", $$"""{"event_id":"{{told.GetProperty("event_id").GetString()}}"}""")).GetProperty("event");
        @event.GetProperty("payload").GetProperty("confidence").GetRawText().ShouldBe("0.75");
        @event.GetProperty("actor").GetString().ShouldBe("ada");
    }

    [Fact]
    public async Task A_repeat_with_its_key_believes_once()
    {
        var first = await BelieveAsync("door", "is", "1", key: "k");
        var again = await BelieveAsync("door", "is", "1", key: "k");
        again.GetProperty("event_id").GetString().ShouldBe(first.GetProperty("event_id").GetString());
        (again.GetProperty("replayed").GetBoolean(), again.GetProperty("new_event_count").GetInt64()).ShouldBe((true, 3));
    }

    [Fact]
    public async Task Contradictions_are_conflicts_with_their_evidence()
    {
        await BelieveAsync("door", "is", "\"open\"");
        (await BelieveAsync("door", "is", "\"shut\"", more: ",\"actor\":\"bob\"")).GetProperty("belief_status").GetString().ShouldBe("contested");
        (await Vault.RunAsync("list_conflicts")).GetProperty("conflicts").TryGetProperty("door:is", out _).ShouldBeTrue();
        var evidence = await Vault.RunAsync("get_evidence", """{"belief_key_str":"door:is"}""");
        evidence.GetProperty("evidence").EnumerateObject().Count().ShouldBe(2);
        (await Vault.RunAsync("get_beliefs", """{"namespace":"contested","key_pattern":"oor"}""")).GetProperty("beliefs").EnumerateObject().Count().ShouldBe(1);
        (await Vault.RunAsync("get_beliefs", """{"namespace":"contested","key_pattern":"window"}""")).GetProperty("beliefs").EnumerateObject().ShouldBeEmpty();
    }

    [Fact]
    public async Task The_state_is_the_same_from_a_checkpoint_after_a_restart_as_from_the_log()
    {
        for (var i = 0; i < 20; i++)
            await BelieveAsync($"s{i % 7}", "is", $"{i}");
        var checkpoint = await Vault.RunAsync("checkpoint_vault");
        checkpoint.GetProperty("path").GetString().ShouldBe("checkpoints/0000000022.chk");
        (await Vault.RunAsync("checkpoint_vault")).GetProperty("path").GetString().ShouldBe("checkpoints/0000000022.chk");
        await BelieveAsync("s1", "is", "\"late\"");
        var before = (await Vault.RunAsync("snapshot_belief")).GetRawText();
        await _tenants.Host.DisposeAsync();

        await using var again = new TestTenants(folder: _tenants.Folder);
        (await again["notes"].RunAsync("snapshot_state")).GetRawText().ShouldBe(before);
        (await again["notes"].RunAsync("get_state", """{"namespace":"local"}""")).GetProperty("event_count").GetInt64().ShouldBe(23);
    }

    [Fact]
    public async Task A_psmc_vault_has_a_state_too_and_takes_no_beliefs_of_this_kind()
    {
        await _tenants["psmc"].CreateAsync(default);
        await _tenants["psmc"].AppendAsync(TestTenants.Note("""{"subject":"door","text":"x"}"""), default);
        (await _tenants["psmc"].RunAsync("export_state")).GetProperty("local").GetInt32().ShouldBe(1);
        var refused = await _tenants["psmc"].RefusedAsync("append_belief", """{"subject":"a","predicate":"b","value":1}""");
        (refused.Failure, refused.Message).ShouldBe((TenantFailure.InvalidInput, "append_belief is for vaults of the format backpack; \"psmc\" has the format psmc."));
    }

    [Theory]
    [InlineData("get_beliefs", "beliefs", "\"namespace\":\"local\",")]
    [InlineData("get_state", "state", "\"namespace\":\"local\",")]
    [InlineData("list_conflicts", "conflicts", "")]
    public async Task Beliefs_come_in_pages(string operation, string member, string arguments)
    {
        for (var i = 0; i < 5; i++)
        {
            await BelieveAsync($"a{i}", "is", "1");
            await BelieveAsync($"b{i}", "is", "1");
            await BelieveAsync($"b{i}", "is", "2", more: ",\"actor\":\"bob\"");
        }
        var whole = await Vault.RunAsync(operation, $"{{{arguments.TrimEnd(',')}}}");
        whole.TryGetProperty("next_key", out _).ShouldBeFalse();
        var first = await Vault.RunAsync(operation, $"{{{arguments}\"limit\":2}}");
        var second = await Vault.RunAsync(operation, $"{{{arguments}\"limit\":1000,\"after_key\":\"{first.GetProperty("next_key").GetString()}\"}}");
        second.TryGetProperty("next_key", out _).ShouldBeFalse();
        Keys(first).Count.ShouldBe(2);
        Keys(first).Concat(Keys(second)).ShouldBe(Keys(whole));

        List<string> Keys(JsonElement answer) => [.. answer.GetProperty(member).EnumerateObject().Select(belief => belief.Name)];
    }

    [Fact]
    public async Task What_is_too_large_for_one_answer_is_refused_with_how_to_get_it_in_parts()
    {
        var large = new string('x', 900_000);
        for (var i = 0; i < 40; i++)
            await BelieveAsync("log", i < 38 ? $"p{i}" : "q", $"\"{i}{large}\"", more: ",\"confidence\":0.9");
        foreach (var operation in (string[])["snapshot_belief", "snapshot_state", "get_state"])
        {
            var refused = await Vault.RefusedAsync(operation, "{}");
            refused.Failure.ShouldBe(TenantFailure.InvalidInput);
            refused.Message.ShouldContain("an answer holds 32");
            refused.Message.ShouldContain("get_beliefs");
        }
        var page = await Vault.RunAsync("get_beliefs", """{"namespace":"local"}""");
        page.GetRawText().Length.ShouldBeLessThan(6 * 1024 * 1024);
        page.TryGetProperty("next_key", out _).ShouldBeTrue();
        (await Vault.RunAsync("export_state")).GetProperty("contested").GetInt32().ShouldBe(1);
    }

    [Theory]
    [InlineData("get_state", """{"limit":5}""", "limit and after_key are for the pages of one namespace: give namespace as well.")]
    [InlineData("get_beliefs", """{"limit":0}""", "limit must be a whole number from 1 to 10000.")]
    [InlineData("get_beliefs", """{"after_key":7}""", "after_key is required, and must be a string.")]
    [InlineData("append_belief", """{"predicate":"b","value":1}""", "subject is required.")]
    [InlineData("append_belief", """{"subject":"a","value":1}""", "predicate is required.")]
    [InlineData("append_belief", """{"subject":"a","predicate":"b"}""", "value is required.")]
    [InlineData("append_belief", """{"subject":"a","predicate":"b","value":1,"confidence":2}""", "confidence must be a number from 0 to 1.")]
    [InlineData("append_belief", """{"subject":"a","predicate":"b","value":1,"event_type":"GENESIS"}""", "event_type must be one of OBSERVATION, ASSERTION, ATTESTATION, RETRACTION.")]
    [InlineData("get_beliefs", """{"namespace":"moon"}""", "namespace must be canonical, local, contested or archived.")]
    [InlineData("get_evidence", "{}", "belief_key_str is required.")]
    public async Task Bad_input_gets_a_sentence_and_changes_nothing(string operation, string arguments, string sentence)
    {
        var refused = await Vault.RefusedAsync(operation, arguments);
        (refused.Failure, refused.Message).ShouldBe((TenantFailure.InvalidInput, sentence));
        (await Vault.GetHeadAsync(default)).Count.ShouldBe(2);
    }

    private Task<JsonElement> BelieveAsync(string subject, string predicate, string value, string more = "", string? key = null) =>
        Vault.RunAsync("append_belief", $$"""{"subject":"{{subject}}","predicate":"{{predicate}}","value":{{value}}{{more}}}""", key);
}
