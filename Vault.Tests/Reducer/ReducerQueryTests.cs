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
    public void Pages_of_any_size_make_up_the_section()
    {
        for (var i = 0; i < 40; i++)
            Say("OBSERVATION", $"s{i:D2}", i % 3 == 0 ? "colour" : "is", $"\"{new string('x', i)}\"", "0.4");
        foreach (var query in (BeliefQuery[])
            [new(BeliefNamespace.Local) { Limit = 1 }, new(BeliefNamespace.Local) { Limit = 7 }, new(BeliefNamespace.Local) { MaxBytes = 1 },
             new(BeliefNamespace.Local) { MaxBytes = 700 }, new(BeliefNamespace.Local) { KeyPattern = ":colour", Limit = 4 }])
        {
            var (keys, pages, after) = (new List<string>(), 0, (string?)null);
            do
            {
                using var output = new PooledBuffer();
                after = _reducer.WriteBeliefs(output, query with { After = after });
                using var page = System.Text.Json.JsonDocument.Parse(output.Written.ToArray());
                page.RootElement.EnumerateObject().Count().ShouldBeInRange(1, query.Limit);
                keys.AddRange(page.RootElement.EnumerateObject().Select(belief => belief.Name));
                pages++;
            }
            while (after is not null);
            pages.ShouldBeGreaterThan(1);
            using var whole = System.Text.Json.JsonDocument.Parse(Beliefs(BeliefNamespace.Local, query.KeyPattern));
            keys.ShouldBe(whole.RootElement.EnumerateObject().Select(belief => belief.Name));
        }
    }

    [Fact]
    public void A_page_may_begin_after_a_key_that_is_not_there()
    {
        using var output = new PooledBuffer();
        _reducer.WriteBeliefs(output, new BeliefQuery(BeliefNamespace.Local) { After = "lamp" }).ShouldBeNull();
        Encoding.UTF8.GetString(output.Written).ShouldStartWith("{\"lamp:on\":");
        output.Clear();
        _reducer.WriteBeliefs(output, new BeliefQuery(BeliefNamespace.Local) { After = "z" }).ShouldBeNull();
        Encoding.UTF8.GetString(output.Written).ShouldBe("{}");
    }

    [Fact]
    public void The_measure_of_a_state_is_the_length_of_what_is_hashed()
    {
        for (var i = 0; i < 100; i++)
            Say("OBSERVATION", $"s{i}", "is", $"\"{new string('x', 2000)}\"", "0.4");
        using var output = new PooledBuffer();
        _reducer.WriteHashedState(output);
        _reducer.MeasureState().ShouldBe(output.Length);
        _reducer.MeasureState().ShouldBe(output.Length);
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
        _reducer.WriteBeliefs(output, new BeliefQuery(section) { KeyPattern = pattern });
        return Encoding.UTF8.GetString(output.Written);
    }
}
