using System.Text;
using Granary.Vault.Canonical;
using Granary.Vault.Psmc.Events;

namespace Granary.Vault.Tests.Psmc;

public sealed class PreparedEventTests
{
    [Theory]
    [InlineData("note")]
    [InlineData("OBSERVATION")]
    [InlineData("com.example.sensor_frame-2")]
    public void Any_well_formed_type_is_accepted(string type) => PreparedEvent.Create(type, "{}"u8).Type.ShouldBe(type);

    [Fact]
    public void Limits_are_named()
    {
        Refused("note", $$"""{"a":"{{new string('x', EventLimits.MaxBytes)}}"}""").ShouldContain("1048576");
        Refused("note", new string('[', 70).Insert(0, "{\"a\":") + new string(']', 70) + "}").ShouldContain("56 levels");
        Refused(new string('t', 129), "{}").ShouldContain("128");
        Refused("note", "{}", [.. Enumerable.Repeat("t", 65)]).ShouldContain("64");
        Refused("note", "{}", [new string('t', 257)]).ShouldContain("256");
        Refused("note", "{}", ["\ud800"]).ShouldContain("tags[0]");
        Refused("note", "{}", [null!]).ShouldContain("tags[0]");
    }

    [Theory]
    [InlineData("""{"subject":5}""", "data.subject")]
    [InlineData("""{"title":["x"]}""", "data.title")]
    [InlineData("""{"confidence":"inf"}""", "data.confidence")]
    [InlineData("""{"confidence":[1]}""", "data.confidence")]
    public void What_would_poison_the_reducer_is_refused_when_a_bridge_event_is_asked_for(string data, string field)
    {
        Should.Throw<PsmcInputException>(() => PreparedEvent.Create("note", Encoding.UTF8.GetBytes(data), null, emitBridge: true)).Message.ShouldContain(field);
        PreparedEvent.Create("note", Encoding.UTF8.GetBytes(data)).HasBridge.ShouldBeFalse();
    }

    private static string Refused(string type, string data, IReadOnlyList<string>? tags = null) =>
        Should.Throw<PsmcInputException>(() => PreparedEvent.Create(type, Encoding.UTF8.GetBytes(data), tags)).Message;
}
