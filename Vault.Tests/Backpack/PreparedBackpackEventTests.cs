using System.Text;
using Granary.Vault.Backpack.Events;
using Granary.Vault.Canonical;

namespace Granary.Vault.Tests.Backpack;

public sealed class PreparedBackpackEventTests
{
    private const string Belief = """{"subject":"s","predicate":"p","value":1}""";

    [Theory]
    [InlineData("OBSERVATION", "local")]
    [InlineData("ASSERTION", "local")]
    [InlineData("ATTESTATION", "canonical")]
    [InlineData("RETRACTION", "canonical")]
    [InlineData("com.example.sensor_frame", "local")]
    [InlineData("com.ietf.scitt.signed_statement", "local")]
    [InlineData("io.my-company.a.b_c2", "local")]
    public void A_type_has_its_namespace(string type, string expected) =>
        PreparedBackpackEvent.Create(type, Encoding.UTF8.GetBytes(Belief), "a").Namespace.ShouldBe(expected);

    [Theory]
    [InlineData("", "event_type is required")]
    [InlineData("note", "three lower-case labels")]
    [InlineData("com.example", "three lower-case labels")]
    [InlineData("COM.EXAMPLE.SENSOR_FRAME", "three lower-case labels")]
    [InlineData("com.exa_mple.x", "three lower-case labels")]
    [InlineData("com..x", "three lower-case labels")]
    [InlineData("com.example.x\n", "three lower-case labels")]
    [InlineData("SIGNED_STATEMENT", "three lower-case labels")]
    [InlineData("GENESIS", "operation of the vault")]
    [InlineData("KEY_REVOCATION", "operation of the vault")]
    [InlineData("KEY_PROMOTION", "operation of the vault")]
    [InlineData("com.provara.redaction", "operation of the vault")]
    [InlineData("com.provara.vault.seal", "operation of the vault")]
    public void A_type_that_will_not_do_is_named(string type, string reason) => Refused(type, Belief).ShouldContain(reason);

    [Fact]
    public void A_type_is_not_too_long() => Refused("com.example." + new string('a', 128), Belief).ShouldContain("128");

    [Theory]
    [InlineData("OBSERVATION", """{"predicate":"p"}""", "payload.subject")]
    [InlineData("OBSERVATION", """{"subject":5,"predicate":"p"}""", "payload.subject")]
    [InlineData("ASSERTION", """{"subject":"s","predicate":""}""", "payload.predicate")]
    [InlineData("RETRACTION", """{"subject":"s"}""", "payload.predicate")]
    [InlineData("ATTESTATION", """{"subject":"s","predicate":"p"}""", "payload.value")]
    [InlineData("OBSERVATION", """{"subject":"s","predicate":"p","confidence":"inf"}""", "payload.confidence")]
    [InlineData("OBSERVATION", """{"subject":"s","predicate":"p","confidence":1.5}""", "payload.confidence")]
    [InlineData("OBSERVATION", """{"subject":"s","predicate":"p","confidence":true}""", "payload.confidence")]
    [InlineData("OBSERVATION", """{"subject":"s","predicate":"p","timestamp":5}""", "payload.timestamp")]
    [InlineData("ATTESTATION", """{"subject":"s","predicate":"p","value":1,"target_event_id":[]}""", "payload.target_event_id")]
    [InlineData("REDUCER_EPOCH", """{"reducer_hash":"h"}""", "payload.epoch_id")]
    [InlineData("REDUCER_EPOCH", """{"epoch_id":"e"}""", "payload.reducer_hash")]
    [InlineData("com.example.note", """{"redacted":true}""", "payload.redacted")]
    [InlineData("com.example.note", """{"_privacy":"aes-gcm-v1"}""", "payload._privacy")]
    [InlineData("com.example.note", "[]", "payload must be an object")]
    [InlineData("com.example.note", "\"x\"", "payload must be an object")]
    [InlineData("com.example.note", """{"a":NaN}""", "payload cannot be stored")]
    [InlineData("com.example.note", """{"a":1e999}""", "payload cannot be stored")]
    [InlineData("com.example.note", """{"a":"\ud800"}""", "payload cannot be stored")]
    public void What_would_poison_a_replay_is_refused(string type, string payload, string reason) => Refused(type, payload).ShouldContain(reason);

    [Fact]
    public void Sizes_are_limited()
    {
        Refused("com.example.note", $$"""{"a":"{{new string('x', EventLimits.MaxBytes)}}"}""").ShouldContain("1048576");
        Refused("com.example.note", "{\"a\":" + new string('[', 70) + new string(']', 70) + "}").ShouldContain("56 levels");
        Refused("com.example.note", $$"""{"a":{{new string('1', 4301)}}}""").ShouldContain("4300");
        Refused("OBSERVATION", $$"""{"subject":"{{new string('x', 1025)}}","predicate":"p"}""").ShouldContain("1024");
    }

    [Theory]
    [InlineData("", "actor is required")]
    [InlineData(" ", "actor is required")]
    [InlineData(" a", "white space")]
    [InlineData("a\nb", "control characters")]
    public void An_actor_is_a_name(string actor, string reason) =>
        Should.Throw<BackpackInputException>(() => PreparedBackpackEvent.Create("OBSERVATION", Encoding.UTF8.GetBytes(Belief), actor)).Message.ShouldContain(reason);

    [Fact]
    public void An_actors_name_is_short_and_well_formed()
    {
        Should.Throw<BackpackInputException>(() => PreparedBackpackEvent.Create("OBSERVATION", Encoding.UTF8.GetBytes(Belief), new string('a', 129))).Message.ShouldContain("128");
        Should.Throw<BackpackInputException>(() => PreparedBackpackEvent.Create("OBSERVATION", Encoding.UTF8.GetBytes(Belief), "a\ud800")).Message.ShouldContain("surrogate");
    }

    [Theory]
    [InlineData("OBSERVATION", "canonical", "must be local")]
    [InlineData("ATTESTATION", "local", "must be canonical")]
    [InlineData("ASSERTION", "Local", "canonical, local, contested or archived")]
    public void A_namespace_fits_its_type(string type, string space, string reason) =>
        Should.Throw<BackpackInputException>(() => PreparedBackpackEvent.Create(type, Encoding.UTF8.GetBytes(Belief), "a", space)).Message.ShouldContain(reason);

    [Fact]
    public void A_digest_tells_all_apart_that_was_said()
    {
        string Digest(string type, string payload, string actor, string? space) =>
            PreparedBackpackEvent.Create(type, Encoding.UTF8.GetBytes(payload), actor, space).ContentDigest();

        var digest = Digest("ASSERTION", Belief, "a", null);
        Digest("ASSERTION", Belief, "a", "local").ShouldBe(digest);
        Digest("OBSERVATION", Belief, "a", null).ShouldNotBe(digest);
        Digest("ASSERTION", Belief, "b", null).ShouldNotBe(digest);
        Digest("ASSERTION", Belief, "a", "contested").ShouldNotBe(digest);
        Digest("ASSERTION", Belief.Replace("1", "2"), "a", null).ShouldNotBe(digest);
    }

    private static string Refused(string type, string payload) =>
        Should.Throw<BackpackInputException>(() => PreparedBackpackEvent.Create(type, Encoding.UTF8.GetBytes(payload), "a")).Message;
}
