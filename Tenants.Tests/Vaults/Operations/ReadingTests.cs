using Granary.Tenants.Tests.Support;
using Granary.Tenants.Vaults;

namespace Granary.Tenants.Tests.Vaults.Operations;

public sealed class ReadingTests : IAsyncLifetime
{
    private readonly TestTenants _tenants = new();

    private IVault Vault => _tenants["notes"];

    public async Task InitializeAsync()
    {
        await Vault.CreateAsync(default);
        for (var i = 0; i < 10; i++)
            await Vault.AppendAsync(new AppendEvent(i % 2 == 0 ? "note" : "decision", System.Text.Encoding.UTF8.GetBytes($$"""{"i":{{i}}}""")), default);
    }

    public Task DisposeAsync() => _tenants.DisposeAsync().AsTask();

    [Fact]
    public async Task A_status_names_the_actors_and_types_with_the_most_events_where_there_are_very_many()
    {
        await using var tenants = new TestTenants();
        await tenants["crowd"].CreateAsync(new VaultCreation { Format = "backpack" }, default);
        var appends = Enumerable.Range(0, 1005).Select(i => tenants["crowd"].AppendAsync(
            new AppendEvent($"com.example.t{i:D4}", "{}"u8.ToArray()) { Actor = $"z{i:D4}" }, default)).ToList();
        await Task.WhenAll(appends);
        await tenants["crowd"].AppendAsync(new AppendEvent("com.example.t1004", "{}"u8.ToArray()) { Actor = "z1004" }, default);
        var status = await tenants["crowd"].RunAsync("vault_status");
        (status.GetProperty("actor_count").GetInt32(), status.GetProperty("event_type_count").GetInt32()).ShouldBe((1006, 1007));
        foreach (var member in (string[])["actors", "event_types", "chain_heads"])
            status.GetProperty(member).EnumerateObject().Count().ShouldBe(1000, member);
        status.GetProperty("actors").GetProperty("z1004").GetInt32().ShouldBe(2);
    }

    [Fact]
    public async Task A_list_comes_in_pages_with_a_total_until_there_is_no_next_offset()
    {
        var read = new List<int>();
        for (int? offset = 0; offset is { } at;)
        {
            var page = await Vault.RunAsync("list_events", $$"""{"limit":4,"offset":{{at}}}""");
            page.GetProperty("total").GetInt64().ShouldBe(10);
            page.GetProperty("count").GetInt32().ShouldBe(page.GetProperty("events").GetArrayLength());
            read.AddRange(page.GetProperty("events").EnumerateArray().Select(e => e.GetProperty("data").GetProperty("i").GetInt32()));
            offset = page.GetProperty("next_offset").ValueKind == System.Text.Json.JsonValueKind.Null ? null : page.GetProperty("next_offset").GetInt32();
        }
        read.ShouldBe(Enumerable.Range(0, 10));
    }

    [Fact]
    public async Task A_filtered_list_counts_what_matches()
    {
        var page = await Vault.RunAsync("list_events", """{"event_type":"decision","limit":2,"offset":1}""");
        page.GetProperty("total").GetInt64().ShouldBe(5);
        page.GetProperty("events").EnumerateArray().Select(e => e.GetProperty("data").GetProperty("i").GetInt32()).ShouldBe([3, 5]);
        page.GetProperty("next_offset").GetInt32().ShouldBe(3);
        (await Vault.RunAsync("list_events", """{"actor":"nobody"}""")).GetProperty("total").GetInt64().ShouldBe(0);
    }

    [Fact]
    public async Task An_event_is_found_by_its_id_and_not_by_what_merely_looks_like_it()
    {
        var receipt = await Vault.AppendAsync(TestTenants.Note(), default);
        await Vault.AppendAsync(TestTenants.Note($$"""{"mentions":"{{receipt.EventId}}"}"""), default);
        var found = await Vault.RunAsync("get_event", $$"""{"event_id":"{{receipt.EventId}}"}""");
        found.GetProperty("position").GetInt64().ShouldBe(10);
        found.GetProperty("event").GetProperty("hash").GetString().ShouldBe(receipt.Hash);
        (await Vault.RefusedAsync("get_event", """{"event_id":"evt_none"}""")).Failure.ShouldBe(TenantFailure.NotFound);
    }

    [Theory]
    [InlineData("vault_status")]
    [InlineData("get_vault_status")]
    public async Task The_status_counts_types_and_tells_the_head(string name)
    {
        var status = await Vault.RunAsync(name);
        var head = await Vault.GetHeadAsync(default);
        (status.GetProperty("event_count").GetInt64(), status.GetProperty("head").GetString()).ShouldBe((10, head.Hash));
        status.GetProperty("format").GetString().ShouldBe("psmc");
        status.GetProperty("event_types").GetProperty("decision").GetInt64().ShouldBe(5);
    }

    [Theory]
    [InlineData("list_events", """{"limit":0}""", "limit must be a whole number from 1 to 1000.")]
    [InlineData("list_events", """{"limit":"5"}""", "limit must be a whole number from 1 to 1000.")]
    [InlineData("list_events", """{"offset":-1}""", "offset must be a whole number from 0 to 2147483647.")]
    [InlineData("list_events", """{"event_type":5}""", "event_type must be a string.")]
    [InlineData("list_events", """{"event_type":""}""", "event_type must not be empty; leave it out instead.")]
    [InlineData("list_events", """{"actor":"\ud800"}""", "actor holds half of a surrogate pair.")]
    [InlineData("get_event", "{}", "event_id is required.")]
    [InlineData("get_event", "[]", "The arguments must be an object.")]
    [InlineData("get_event", "{", "The arguments are not JSON.")]
    [InlineData("drop_vault", "{}", "There is no operation \"drop_vault\" of a vault.")]
    public async Task Bad_input_gets_a_sentence(string operation, string arguments, string sentence)
    {
        var refused = await Vault.RefusedAsync(operation, arguments);
        (refused.Failure, refused.Message).ShouldBe((TenantFailure.InvalidInput, sentence));
    }

    [Fact]
    public void What_is_not_known_might_write()
    {
        VaultOperations.Writes("list_events").ShouldBeFalse();
        VaultOperations.Writes("of_a_newer_version").ShouldBeTrue();
    }
}
