using System.Text;
using System.Text.Json;
using Granary.Tenants.Tests.Support;

namespace Granary.Tenants.Tests.Vaults;

/// <summary>A clock that goes back takes neither the order of events nor what vouches for it along; and a second process is told that there is a first one.</summary>
public sealed class ClockTests
{
    private static readonly DateTimeOffset Noon = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("psmc")]
    [InlineData("backpack")]
    public async Task Events_stay_in_the_order_they_were_appended_in_and_the_vault_verifies(string format)
    {
        var clock = new SteppingClock(Noon);
        await using var tenants = new TestTenants(time: clock);
        await tenants["notes"].CreateAsync(new VaultCreation { Format = format }, default);
        var ids = new List<string>();
        foreach (var hours in (int[])[0, -3, 1, -48, 2])
        {
            clock.Now = Noon.AddHours(hours);
            ids.Add((await tenants["notes"].AppendAsync(Say(ids.Count), default)).EventId);
        }
        var events = (await tenants["notes"].RunAsync("list_events", """{"event_type":"OBSERVATION"}""")).GetProperty("events").EnumerateArray().TakeLast(5).ToList();
        events.Select(one => one.GetProperty(format == "psmc" ? "id" : "event_id").GetString()).ShouldBe(ids);
        (await tenants["notes"].VerifyAsync(null, default)).ShouldSatisfyAllConditions(report => report.Valid.ShouldBeTrue(), report => report.Findings.ShouldBeEmpty());
        if (format == "backpack")
            events.Select(Time).ShouldBe(events.Select(Time).Order(), "a chain's times never decrease");
        (await tenants["notes"].QueryTimelineAsync(new TimelineQuery { Start = Noon.AddHours(1.5) }, default)).Events.Count.ShouldBe(1);
        await tenants["notes"].RunAsync("get_signed_head");
        (await tenants["notes"].RunAsync("verify_vault")).GetProperty("valid").GetBoolean().ShouldBeTrue();
    }

    [Theory]
    [InlineData("psmc")]
    [InlineData("backpack")]
    public async Task A_second_process_on_the_folder_is_told_so_and_the_first_goes_on(string format)
    {
        await using var first = new TestTenants();
        await first["notes"].CreateAsync(new VaultCreation { Format = format }, default);
        await using (var second = new TestTenants(folder: first.Folder))
            (await Should.ThrowAsync<TenantException>(() => second["notes"].AppendAsync(Say(0), default))).Message.ShouldContain("nother process");
        await first["notes"].AppendAsync(Say(1), default);
        (await first["notes"].VerifyAsync(null, default)).Findings.ShouldBeEmpty();
    }

    private static AppendEvent Say(int n) => new("OBSERVATION", Encoding.UTF8.GetBytes($$"""{"subject":"s","predicate":"n","value":{{n}}}"""));

    private static DateTimeOffset Time(JsonElement one) => one.GetProperty("timestamp_utc").GetDateTimeOffset();

    private sealed class SteppingClock(DateTimeOffset now) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = now;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
