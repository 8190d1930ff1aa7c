using System.Text;
using System.Text.Json;
using Granary.Tenants.Tests.Support;

namespace Granary.Tenants.Tests.Vaults;

public sealed class AppendTests
{
    [Fact]
    public async Task An_event_survives_a_restart_and_the_vault_verifies()
    {
        await using var tenants = new TestTenants();
        var description = await tenants["notes"].CreateAsync(default);
        description.EventCount.ShouldBe(0);
        description.KeyId.ShouldStartWith("bp1_");
        var first = await tenants["notes"].AppendAsync(TestTenants.Note(), default);
        await tenants.Host.DisposeAsync();

        await using var again = new TestTenants(folder: tenants.Folder);
        var second = await again["./notes"].AppendAsync(TestTenants.Note(), default);
        (first.Position, second.Position).ShouldBe((0, 1));
        var report = await again["notes"].VerifyAsync(null, default);
        report.Findings.ShouldBeEmpty();
        (report.Valid, report.EventCount, report.Head).ShouldBe((true, 2, second.Hash));
    }

    [Fact]
    public async Task Parallel_appenders_get_one_position_each()
    {
        await using var tenants = new TestTenants();
        await tenants["notes"].CreateAsync(default);
        var receipts = await Task.WhenAll(Enumerable.Range(0, 500).Select(i => Task.Run(() => tenants["notes"].AppendAsync(
            TestTenants.Note($$"""{"i":{{i}}}""", bridge: i % 10 == 0), default))));
        receipts.Select(receipt => receipt.Position).Order().ShouldBe(Enumerable.Range(0, 500).Select(i => (long)i));
        receipts.Select(receipt => receipt.EventId).Distinct().Count().ShouldBe(500);
        var report = await tenants["notes"].VerifyAsync(null, default);
        report.Findings.ShouldBeEmpty();
        report.EventCount.ShouldBe(500);
        var timeline = await tenants["notes"].QueryTimelineAsync(new TimelineQuery(), default);
        timeline.Events.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("hash").GetString())
            .ShouldBe(receipts.OrderBy(receipt => receipt.Position).Select(receipt => receipt.Hash));
    }

    [Fact]
    public async Task A_vault_that_does_not_exist_names_init_vault()
    {
        await using var tenants = new TestTenants();
        var failure = await Should.ThrowAsync<TenantException>(() => tenants["nothing"].AppendAsync(TestTenants.Note(), default));
        failure.Failure.ShouldBe(TenantFailure.NotFound);
        failure.Message.ShouldContain("init_vault");
        Directory.Exists(tenants.Folder).ShouldBeFalse("a look at a vault that is not there must leave nothing behind");
        (await Should.ThrowAsync<TenantException>(() => tenants["nothing"].VerifyAsync(null, default))).Failure.ShouldBe(TenantFailure.NotFound);
    }

    [Fact]
    public async Task A_vault_is_created_once()
    {
        await using var tenants = new TestTenants();
        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            try
            {
                await Task.Run(() => tenants["notes"].CreateAsync(default));
                return (TenantFailure?)null;
            }
            catch (TenantException failure)
            {
                return failure.Failure;
            }
        }));
        results.Count(result => result is null).ShouldBe(1);
        results.Where(result => result is not null).ShouldAllBe(result => result == TenantFailure.AlreadyExists);
    }

    [Theory]
    [InlineData("", "{}", "event_type is required")]
    [InlineData("a b", "{}", "event_type may hold only")]
    [InlineData("note", "[]", "data must be an object")]
    [InlineData("note", "{", "data cannot be stored")]
    [InlineData("note", "{\"a\":\"\\ud800\"}", "surrogate")]
    [InlineData("note", "{\"a\":NaN}", "NaN")]
    [InlineData("note", "", "data cannot be stored")]
    public async Task Bad_input_gets_a_sentence_and_changes_nothing(string type, string data, string sentence)
    {
        await using var tenants = new TestTenants();
        await tenants["notes"].CreateAsync(default);
        var failure = await Should.ThrowAsync<TenantException>(
            () => tenants["notes"].AppendAsync(new AppendEvent(type, Encoding.UTF8.GetBytes(data)), default));
        failure.Failure.ShouldBe(TenantFailure.InvalidInput);
        failure.Message.ShouldContain(sentence);
        (await tenants["notes"].VerifyAsync(null, default)).EventCount.ShouldBe(0);
    }

    [Fact]
    public async Task Bridge_events_carry_the_state_hash_and_leave_the_state_file()
    {
        await using var tenants = new TestTenants();
        await tenants["notes"].CreateAsync(default);
        var receipt = await tenants["notes"].AppendAsync(TestTenants.Note("""{"subject":"door","value":"open"}""", bridge: true), default);
        receipt.ProvaraEventId.ShouldNotBeNull().ShouldStartWith("evt_");
        await tenants.Host.DisposeAsync();
        using var state = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(tenants.Folder, "default", "vaults", "notes", "state", "current_state.json")));
        state.RootElement.GetProperty("metadata").GetProperty("state_hash").GetString().ShouldBe(receipt.StateHash);
    }
}
