using Granary.Vault.Backpack.Events;
using Granary.Vault.Canonical;
using Granary.Vault.Tests.Support;

namespace Granary.Vault.Tests.Backpack;

public sealed class BackpackChainsTests
{
    [Fact]
    public void Each_actor_has_a_chain_of_its_own()
    {
        var chains = Chains("sample-vault-strict");
        chains.Position.ShouldBe(11);
        chains.Actors.Order().ShouldBe(["agent_a", "agent_b", "authority", "gateway", "tenant_root"]);
        chains.Next("authority").ShouldBe(new ChainLink("evt_17e83c52e876248ee8d9e819", 5, "2026-03-01T08:00:14.264000+00:00"));
        chains.Next("new").ShouldBe(ChainLink.First);
        chains.SealEventId.ShouldBeNull();
    }

    [Fact]
    public void The_counter_goes_on_after_events_without_one() => Chains("sample-vault").Next("agent_b").LogicalTime.ShouldBe(3);

    [Fact]
    public void A_saved_state_goes_on_as_if_nothing_had_happened()
    {
        var lines = SampleEvents.Of("sample-vault-strict");
        var before = new BackpackChains();
        foreach (var line in lines.Take(6))
            before.Apply(line);
        var restored = BackpackChains.Restore(before.Snapshot());
        foreach (var line in lines.Skip(6))
            restored.Apply(line);
        restored.Snapshot().ShouldBe(Chains("sample-vault-strict").Snapshot());
        Should.Throw<FormatException>(() => BackpackChains.Restore("null"u8));
        Should.Throw<FormatException>(() => BackpackChains.Restore("{"u8));
    }

    [Fact]
    public void A_clock_that_goes_back_does_not_take_a_chain_along()
    {
        using var key = Fixture.Key("root");
        var builder = new BackpackEventBuilder(key);
        var chains = new BackpackChains();
        var prepared = PreparedBackpackEvent.Create("com.example.note", "{}"u8, "a");
        var first = builder.Build(prepared, chains.Next("a"), TestVault.Time);
        chains.Apply(first);
        var second = builder.Build(prepared, chains.Next("a"), TestVault.Time.AddHours(-1));
        second.Timestamp.ShouldBe(first.Timestamp);
        second.EventId.ShouldNotBe(first.EventId);
        builder.Build(prepared, chains.Next("b"), TestVault.Time.AddHours(-1)).Timestamp.ShouldBe(EventTimestamp.Format(TestVault.Time.AddHours(-1)));
    }

    [Fact]
    public void What_is_not_an_event_is_counted_only()
    {
        var chains = new BackpackChains();
        chains.Apply("not json"u8);
        chains.Apply("""{"event_id":"x","schema_version":"1.0.0","actor":"a"}"""u8);
        chains.Apply("{}"u8);
        chains.Position.ShouldBe(3);
        chains.Actors.ShouldBeEmpty();
    }

    [Fact]
    public void A_seal_is_remembered()
    {
        var chains = new BackpackChains();
        chains.Apply("""{"actor":"vault_archivist","event_id":"evt_1","type":"com.provara.vault.seal"}"""u8);
        chains.SealEventId.ShouldBe("evt_1");
        BackpackChains.Restore(chains.Snapshot()).SealEventId.ShouldBe("evt_1");
    }

    private static BackpackChains Chains(string vault)
    {
        var chains = new BackpackChains();
        foreach (var line in SampleEvents.Of(vault))
            chains.Apply(line);
        return chains;
    }
}
