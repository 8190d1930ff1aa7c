using System.Text;
using System.Text.Json;
using Granary.Vault.Canonical;
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
        foreach (var line in File.ReadLines(Fixture.PathOf("sample-psmc-vault/events/events.ndjson")))
        {
            using var written = JsonDocument.Parse(line);
            reducer.Apply(Encoding.UTF8.GetBytes(Snapshot(written.RootElement)));
        }
        State(reducer).ShouldBe(Encoding.UTF8.GetString(CanonicalJson.Canonicalize(Fixture.Read("sample-psmc-vault.state.json"))));
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
        State(reducer).ShouldContain("\"local\":{}");
    }

    private static string Snapshot(JsonElement written)
    {
        var type = written.GetProperty("type").GetString();
        var data = written.GetProperty("data");
        var isAssertion = type is "belief" or "decision" or "reflection" or "correction";
        var subject = new[] { "subject", "title", "name" }
            .Select(name => data.TryGetProperty(name, out var value) ? value.GetString() : null)
            .FirstOrDefault(value => value is not null) ?? "psmc_node";
        var confidence = data.TryGetProperty("confidence", out var given) ? given.GetRawText() : isAssertion ? "0.5" : "1.0";
        return $$"""
            {"type":"{{(isAssertion ? "ASSERTION" : "OBSERVATION")}}","event_id":"{{written.GetProperty("hash").GetString()}}","actor":"psmc_user",
             "payload":{"subject":"{{subject}}","predicate":"{{type}}","value":{{data.GetRawText()}},
             "timestamp":"{{written.GetProperty("timestamp").GetString()}}","confidence":{{confidence}}} }
            """;
    }

    private static string State(ReducerV0 reducer)
    {
        using var output = new PooledBuffer();
        reducer.WriteState(output);
        return Encoding.UTF8.GetString(output.Written);
    }
}
