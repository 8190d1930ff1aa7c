using System.Text;
using System.Text.Json;
using Granary.Tenants.Tests.Support;
using Granary.Testing.Redis;
using Granary.Vault.Verification;
using Granary.Vault.Verification.Checks;
using Granary.Vault.Verification.Reports;

namespace Granary.Tenants.Tests.Vaults;

/// <summary>What holds for vaults of either format.</summary>
public sealed class FormatTests
{
    private static readonly VaultCreation Backpack = new() { Format = "backpack" };

    [Theory]
    [InlineData("psmc", 0)]
    [InlineData("backpack", 2)]
    public async Task Parallel_appenders_get_one_position_each_and_all_is_there_after_a_restart(string format, int born)
    {
        await using var tenants = new TestTenants();
        var made = await tenants["notes"].CreateAsync(new VaultCreation { Format = format }, default);
        (made.Format, made.EventCount).ShouldBe((format, born));
        var receipts = await Task.WhenAll(Enumerable.Range(0, 300).Select(i => Task.Run(() => tenants["notes"].AppendAsync(Observation(i), default))));
        receipts.Select(receipt => receipt.Position).Order().ShouldBe(Enumerable.Range(born, 300).Select(i => (long)i));
        await tenants.Host.DisposeAsync();

        await using var again = new TestTenants(folder: tenants.Folder);
        var head = await again["notes"].GetHeadAsync(default);
        head.ShouldBe(new VaultHead(born + 300, receipts.MaxBy(receipt => receipt.Position)!.Hash));
        var timeline = await again["notes"].QueryTimelineAsync(new TimelineQuery { EventType = "OBSERVATION", Limit = 300, Start = DateTimeOffset.UnixEpoch }, default);
        timeline.Events.Select(IdOf).ShouldBe(receipts.OrderBy(receipt => receipt.Position).Select(receipt => receipt.EventId));
        (await again["notes"].AppendAsync(Observation(1), default)).Position.ShouldBe(born + 300);
    }

    [Theory]
    [InlineData("psmc")]
    [InlineData("backpack")]
    public async Task A_key_works_the_same(string format)
    {
        await using var tenants = new TestTenants();
        await tenants["notes"].CreateAsync(new VaultCreation { Format = format }, default);
        var first = await tenants["notes"].AppendAsync(Observation(1) with { IdempotencyKey = "k" }, default);
        (await tenants["notes"].AppendAsync(Observation(1) with { IdempotencyKey = "k" }, default)).ShouldBe(first with { Replayed = true });
        var reused = await Should.ThrowAsync<TenantException>(() => tenants["notes"].AppendAsync(Observation(2) with { IdempotencyKey = "k" }, default));
        reused.Failure.ShouldBe(TenantFailure.KeyReused);
    }

    [Fact]
    public async Task A_backpack_has_a_chain_for_each_actor_that_goes_on_after_a_restart()
    {
        await using var tenants = new TestTenants();
        await tenants["notes"].CreateAsync(Backpack with { Actor = "ada", Uid = "u-1", Quorum = true }, default);
        var first = await tenants["notes"].AppendAsync(Observation(1) with { Actor = "ada" }, default);
        var other = await tenants["notes"].AppendAsync(Observation(1) with { Actor = "bob", Namespace = "local" }, default);
        await tenants.Host.DisposeAsync();

        await using var again = new TestTenants(folder: tenants.Folder);
        var second = await again["notes"].AppendAsync(Observation(2) with { Actor = "ada" }, default);
        var @event = (await again["notes"].RunAsync("get_event", $$"""{"event_id":"{{second.EventId}}"}""")).GetProperty("event");
        (@event.GetProperty("prev_event_hash").GetString(), @event.GetProperty("ts_logical").GetInt64()).ShouldBe((first.EventId, 4));
        var status = await again["notes"].RunAsync("vault_status");
        status.GetProperty("actors").GetProperty("ada").GetInt64().ShouldBe(4);
        status.GetProperty("chain_heads").GetProperty("bob").GetString().ShouldBe(other.EventId);
        (await again["notes"].RunAsync("list_events", """{"actor":"bob"}""")).GetProperty("events").Texts("event_id").ShouldBe([other.EventId]);
    }

    [Fact]
    public async Task The_ends_of_long_chains_are_kept_beside_the_vault()
    {
        await using var tenants = new TestTenants();
        await tenants["notes"].CreateAsync(Backpack, default);
        var receipts = await Task.WhenAll(Enumerable.Range(0, 1200).Select(i => tenants["notes"].AppendAsync(Observation(i), default)));
        await tenants.Host.DisposeAsync();
        File.Exists(Path.Combine(tenants.Folder, "default", "state", "notes", "beside", "chains-2")).ShouldBeTrue();
        Directory.EnumerateFileSystemEntries(Path.Combine(tenants.Folder, "default", "vaults", "notes")).Select(Path.GetFileName).ShouldNotContain("chain");

        await using var again = new TestTenants(folder: tenants.Folder);
        var next = await again["notes"].AppendAsync(Observation(7), default);
        var @event = (await again["notes"].RunAsync("get_event", $$"""{"event_id":"{{next.EventId}}"}""")).GetProperty("event");
        @event.GetProperty("prev_event_hash").GetString().ShouldBe(receipts.MaxBy(receipt => receipt.Position)!.EventId);
    }

    [Fact]
    public async Task A_birth_tells_who_the_vault_is_and_its_private_keys_are_not_in_it()
    {
        await using var tenants = new TestTenants();
        var made = await tenants["notes"].CreateAsync(Backpack with { Uid = "u-1", Quorum = true }, default);
        made.Uid.ShouldBe("u-1");
        made.GenesisEventId.ShouldNotBeNull().ShouldStartWith("evt_");
        made.MerkleRoot.ShouldNotBeNull().Length.ShouldBe(64);
        made.QuorumKeyId.ShouldNotBeNull().ShouldNotBe(made.KeyId);
        var folder = Path.Combine(tenants.Folder, "default", "vaults", "notes");
        (await File.ReadAllTextAsync(Path.Combine(folder, "merkle_root.txt"))).ShouldBe(made.MerkleRoot + "\n");
        Directory.EnumerateFiles(folder, "*private*", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("psmc")]
    [InlineData("backpack")]
    public async Task A_vault_s_folder_is_what_every_checker_accepts_as_it_lies_there(string format)
    {
        await using var tenants = new TestTenants();
        await tenants["notes"].CreateAsync(new VaultCreation { Format = format }, default);
        await tenants["notes"].AppendAsync(Observation(1), default);
        await tenants.Host.DisposeAsync();
        foreach (var mode in (VerificationMode[])[VerificationMode.Strict, VerificationMode.Compatible])
        {
            var report = await VaultVerifier.RunFolderAsync(Path.Combine(tenants.Folder, "default", "vaults", "notes"), new VerificationOptions { Mode = mode }, null, default);
            report.Findings.Where(finding => finding.Severity != FindingSeverity.Note).ShouldBeEmpty();
            report.Checkers.ShouldAllBe(checker => checker.Passes);
        }
    }

    [Theory]
    [InlineData("psmc", "note", "{}", "ada", null, "actor is for vaults of the format backpack")]
    [InlineData("psmc", "note", "{}", null, "local", "namespace is for vaults of the format backpack")]
    [InlineData("backpack", "note", "{}", null, null, "event_type must be OBSERVATION")]
    [InlineData("backpack", "GENESIS", "{}", null, null, "is written by an operation of the vault")]
    [InlineData("backpack", "OBSERVATION", "[]", null, null, "payload must be an object")]
    [InlineData("backpack", "com.example.thing", "{}", " ada", null, "actor must have no control characters")]
    [InlineData("backpack", "com.example.thing", "{}", "ada", "elsewhere", "namespace must be canonical")]
    public async Task What_a_format_does_not_take_gets_a_sentence_and_changes_nothing(
        string format, string type, string data, string? actor, string? @namespace, string sentence)
    {
        await using var tenants = new TestTenants();
        var made = await tenants["notes"].CreateAsync(new VaultCreation { Format = format }, default);
        var append = new AppendEvent(type, Encoding.UTF8.GetBytes(data)) { Actor = actor, Namespace = @namespace };
        var refused = await Should.ThrowAsync<TenantException>(() => tenants["notes"].AppendAsync(append, default));
        (refused.Failure, refused.Message).ShouldSatisfyAllConditions(f => f.Failure.ShouldBe(TenantFailure.InvalidInput), f => f.Message.ShouldContain(sentence));
        (await tenants["notes"].GetHeadAsync(default)).Count.ShouldBe(made.EventCount);
    }

    [Fact]
    public async Task Tags_are_not_for_a_backpack_and_its_options_not_for_a_psmc()
    {
        await using var tenants = new TestTenants();
        await tenants["notes"].CreateAsync(Backpack, default);
        (await Should.ThrowAsync<TenantException>(() => tenants["notes"].AppendAsync(Observation(1) with { Tags = ["x"] }, default))).Message.ShouldStartWith("tags is for");
        foreach (var creation in (VaultCreation[])[new() { Uid = "u" }, new() { Actor = "a" }, new() { Quorum = true }, new() { Format = "paper" }])
            (await Should.ThrowAsync<TenantException>(() => tenants["other"].CreateAsync(creation, default))).Failure.ShouldBe(TenantFailure.InvalidInput);
    }

    [Fact]
    public async Task Two_processes_over_one_redis_share_a_backpack_and_never_fork_a_chain()
    {
        using var redis = new RedisServer("--appendfsync everysec");
        await using var one = new RedisTenants(redis.Configuration);
        await using var two = new RedisTenants(redis.Configuration);
        await one["notes"].CreateAsync(Backpack, default);
        var receipts = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Task.Run(() => (i % 2 == 0 ? one : two)["notes"].AppendAsync(Observation(i), default))));
        receipts.Select(receipt => receipt.Position).Order().ShouldBe(Enumerable.Range(2, 200).Select(i => (long)i));
        var list = await two["notes"].RunAsync("list_events", """{"actor":"provara_user","limit":1000}""");
        string? previous = null;
        foreach (var @event in list.GetProperty("events").EnumerateArray())
        {
            @event.GetProperty("prev_event_hash").GetString().ShouldBe(previous);
            previous = @event.GetProperty("event_id").GetString();
        }
        list.GetProperty("total").GetInt64().ShouldBe(200);
    }

    private static AppendEvent Observation(int i) => new("OBSERVATION", Encoding.UTF8.GetBytes($$"""{"subject":"s{{i}}","predicate":"is","value":{{i}}}"""));

    private static string? IdOf(ReadOnlyMemory<byte> line)
    {
        using var document = JsonDocument.Parse(line);
        return (document.RootElement.TryGetProperty("event_id", out var id) ? id : document.RootElement.GetProperty("id")).GetString();
    }
}
