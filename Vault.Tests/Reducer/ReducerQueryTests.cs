using System.Text;
using Granary.Vault.Canonical;
using Granary.Vault.Reducer;

namespace Granary.Vault.Tests.Reducer;

public sealed class ReducerQueryTests
{
    private readonly ReducerV0 _reducer = new();

    public ReducerQueryTests()
    {
        Say("OBSERVATION", "door", "state", "\"open\"", "1.0");
        Say("OBSERVATION", "door", "state", "\"closed\"", "0.9");
        Say("OBSERVATION", "lamp", "on", "true", "0.4");
        Say("ATTESTATION", "lamp", "colour", "\"red\"", "1.0");
    }

    [Fact]
    public void Beliefs_are_found_by_section_and_part_of_the_key()
    {
        Beliefs(BeliefNamespace.Local).ShouldContain("\"lamp:on\"");
        Beliefs(BeliefNamespace.Canonical, "lamp").ShouldContain("\"lamp:colour\"");
        Beliefs(BeliefNamespace.Canonical, "door").ShouldBe("{}");
        Beliefs(BeliefNamespace.Contested, "r:st").ShouldStartWith("{\"door:state\":{\"canonical_value\":null");
    }

    [Fact]
    public void Evidence_of_a_key_is_grouped_by_value_whether_or_not_it_is_in_dispute()
    {
        using var output = new PooledBuffer();
        _reducer.TryWriteEvidence(output, "door:state").ShouldBeTrue();
        var text = Encoding.UTF8.GetString(output.Written);
        text.ShouldStartWith("{\"\\\"closed\\\"\":[{\"actor\":\"a\",\"confidence\":0.9,");
        text.ShouldContain(",\"\\\"open\\\"\":[{");
        output.Clear();
        _reducer.TryWriteEvidence(output, "nobody:ever").ShouldBeFalse();
        output.Length.ShouldBe(0);
    }

    [Fact]
    public void Beliefs_are_counted_by_section()
    {
        _reducer.CountBeliefs().ShouldBe(new BeliefCounts(Canonical: 1, Local: 1, Contested: 1, Archived: 0));
        _reducer.SectionsOf("door:state").ShouldBe([BeliefNamespace.Contested]);
        _reducer.SectionsOf("nobody:ever").ShouldBeEmpty();
    }

    [Fact]
    public void Sovereign_events_are_exported_and_not_hashed()
    {
        var before = _reducer.StateHash();
        var other = new ReducerV0();
        foreach (var (type, payload) in new (string, string)[]
        {
            ("action.proposed", """{"id":"a"}"""), ("action.proposed", """{"id":"b"}"""), ("action.executed", """{"id":"a"}"""),
            ("governance.constitution.created", """{"limit":1,"name":"x"}"""), ("governance.constitution.amended", """{"limit":2}"""),
            ("system.circuit_breaker.triggered", "{}"), ("audit.passed", "{}"), ("oracle.reading", "{}"),
        })
            other.Apply(Encoding.UTF8.GetBytes($$"""{"schema_version":"1.0.0","event_id":"x","event_type":"{{type}}","payload":{{payload}}}"""));
        using var output = new PooledBuffer();
        other.WriteState(output);
        var text = Encoding.UTF8.GetString(output.Written);
        text.ShouldContain("\"pending_actions\":{\"b\":{\"id\":\"b\"}}");
        text.ShouldContain("\"executed_actions\":[{\"id\":\"a\"}]");
        text.ShouldContain("\"constitution\":{\"limit\":2,\"name\":\"x\"}");
        text.ShouldContain("\"halted\":true");
        text.ShouldContain("\"pipeline_log\":[{");
        text.ShouldContain("\"sovereign_events\":[{");
        CanonicalJson.Canonicalize(output.Written).ShouldBe(output.Written.ToArray());
        _reducer.StateHash().ShouldBe(before);
        other.EventCount.ShouldBe(8);
    }

    private void Say(string type, string subject, string predicate, string value, string confidence) =>
        _reducer.Apply(Encoding.UTF8.GetBytes(
            $$$"""{"type":"{{{type}}}","event_id":"e","actor":"a","payload":{"subject":"{{{subject}}}","predicate":"{{{predicate}}}","value":{{{value}}},"confidence":{{{confidence}}}}}"""));

    private string Beliefs(BeliefNamespace section, string? pattern = null)
    {
        using var output = new PooledBuffer();
        _reducer.WriteBeliefs(output, section, pattern);
        return Encoding.UTF8.GetString(output.Written);
    }
}
