using System.Text;
using System.Text.Json;
using Granary.Testing;
using Granary.Vault.Canonical;
using Granary.Vault.Psmc;
using Granary.Vault.Reducer;
using Granary.Vault.Tests.Support;

namespace Granary.Vault.Tests.Reducer;

public sealed class ReducerVectorTests
{
    public static TheoryData<string> Vectors =>
        [.. Fixture.Json("extra/reducer-extra.json").GetProperty("vectors").EnumerateArray().Select(vector => vector.GetProperty("id").GetString()!)];

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Extra_vectors_give_the_expected_state(string id)
    {
        var vector = Fixture.Json("extra/reducer-extra.json").GetProperty("vectors").EnumerateArray()
            .Single(vector => vector.GetProperty("id").GetString() == id);
        var reducer = new ReducerV0();
        foreach (var item in vector.GetProperty("events").EnumerateArray())
            reducer.Apply(Encoding.UTF8.GetBytes(item.GetRawText()));
        State(reducer).ShouldBe(vector.GetProperty("expected_state_canonical").GetString());
        reducer.StateHash().ShouldBe(vector.GetProperty("expected_state_hash").GetString());
    }

    [Fact]
    public void The_sample_bridge_file_reduces_to_the_sample_state_file()
    {
        var reducer = new ReducerV0();
        foreach (var line in File.ReadLines(Fixture.PathOf("sample-psmc-vault/events/provara.ndjson")))
            reducer.Apply(Encoding.UTF8.GetBytes(line));
        (State(reducer) + "\n").ShouldBe(File.ReadAllText(Fixture.PathOf("sample-psmc-vault/state/current_state.json")));
    }

    /// <summary>The reference's snapshot of a PSMC vault: every event becomes a belief of the actor psmc_user.</summary>
    [Fact]
    public void The_sample_vault_reduces_to_the_sample_snapshot()
    {
        var reducer = new ReducerV0();
        using var scratch = new PooledBuffer();
        foreach (var line in File.ReadLines(Fixture.PathOf("sample-psmc-vault/events/events.ndjson")))
            reducer.Apply(PsmcFormat.View(Encoding.UTF8.GetBytes(line), scratch));
        State(reducer).ShouldBe(Encoding.UTF8.GetString(CanonicalJson.Canonicalize(Fixture.Read("sample-psmc-vault.state.json"))));
    }

    [Theory]
    [InlineData("sample-vault", "2c1a54cf0960f8d59f6aabe45c4158d900a32a226d49ba6949c28529b33aac2b")]
    [InlineData("sample-vault-strict", "13efd27e2c6a1370013871e84190414ac73552e235b8e675e00be4cd5d3f423b")]
    [InlineData("sample-vault-rekeyed", "ca87a316a3509c6bf312f7460f0464ac6c4d71ca6bf7c5014a35a7eabade912a")]
    public void Sample_vaults_have_their_state_hash(string vault, string hash) =>
        HashOf(Fixture.PathOf($"{vault}/events/events.ndjson")).ShouldBe(hash);

    [SharedFact]
    public void The_reference_s_own_vaults_and_its_vector_have_their_state_hash()
    {
        var events = "events/events.ndjson";
        HashOf(SharedFiles.PathOf($"upstream/fixtures/reference_backpack/{events}")).ShouldBe("67ff63382bb287bca5aece455fbab8daba6cd892b40908bd0295200dd7fef5ac");
        HashOf(SharedFiles.PathOf($"upstream/examples/Demo_Backpack/{events}")).ShouldBe("408a89a6982562c1f7250d78dc85e9a4f4853f80c3012b6484a1d8294eac6cce");
        HashOf(SharedFiles.PathOf($"upstream/examples/Genesis_Vault/{events}")).ShouldBe("fe69bbce2b0dcf0710ddd195612a48feb495ab45c700546d8459d90712788f21");
        HashOf(SharedFiles.PathOf($"upstream/hunt/reference_backpack/{events}")).ShouldBe("32803080d8f55283652d7b291701b05cecaf479407265b3be23e98771570de0e");
        var vector = JsonDocument.Parse(File.ReadAllBytes(SharedFiles.PathOf("upstream/test_vectors/vectors.json"))).RootElement.GetProperty("vectors").EnumerateArray()
            .Single(vector => vector.GetProperty("id").GetString() == "reducer_determinism_01");
        using var reducer = new ReducerV0();
        foreach (var item in vector.GetProperty("input").EnumerateArray())
            reducer.Apply(Encoding.UTF8.GetBytes(item.GetRawText()));
        reducer.StateHash().ShouldBe(vector.GetProperty("expected").GetString());
    }

    [Theory]
    [InlineData("""{"type":"OBSERVATION","payload":{"subject":"s","predicate":"p","confidence":"inf"}}""")]
    [InlineData("""{"type":"OBSERVATION","payload":{"subject":"s","predicate":"p","confidence":1e999}}""")]
    [InlineData("""{"type":"OBSERVATION","payload":"text"}""")]
    [InlineData("""{"type":"OBSERVATION","payload":[1]}""")]
    [InlineData("""{"type":"OBSERVATION","payload":{"subject":"s","predicate":"p","value":NaN}}""")]
    public void Poison_is_counted_and_changes_no_belief(string poison)
    {
        var reducer = new ReducerV0();
        reducer.Apply(Encoding.UTF8.GetBytes(poison));
        reducer.EventCount.ShouldBe(1);
        reducer.Poisoned.ShouldBe(1);
        reducer.Poison.ShouldHaveSingleItem().Number.ShouldBe(0);
        State(reducer).ShouldContain("\"local\":{}");
    }

    private static string HashOf(string log)
    {
        using var reducer = new ReducerV0();
        foreach (var line in File.ReadLines(log))
            reducer.Apply(Encoding.UTF8.GetBytes(line));
        return reducer.StateHash();
    }

    private static string State(ReducerV0 reducer)
    {
        using var output = new PooledBuffer();
        reducer.WriteState(output);
        return Encoding.UTF8.GetString(output.Written);
    }
}
