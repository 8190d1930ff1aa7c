using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Xunit;
using Granary.Vault.Backpack;
using Granary.Vault.Backpack.Events;
using Granary.Vault.Canonical;
using Granary.Vault.Keys;
using Granary.Vault.Storage;
using Granary.Vault.Tests.Support;

namespace Granary.Vault.Tests.Backpack;

public sealed class BackpackEventTests
{
    [Theory]
    [InlineData(0, EventIdStyle.BeforeKey)]
    [InlineData(1, EventIdStyle.WithKey)]
    public void Both_ways_of_making_an_id_are_told_apart(int index, EventIdStyle style)
    {
        var vector = Fixture.Json("extra/event-signing.json")[index];
        using var key = SigningKey.FromSeed(Convert.FromBase64String(vector.GetProperty("private_key_b64").GetString()!));
        using var scratch = new PooledBuffer();
        using var signed = new PooledBuffer();
        BackpackEvent.TryRead(Bytes(vector, "ndjson_line"), scratch, out var written).ShouldBeTrue();
        written.IsCanonical.ShouldBeTrue();
        written.FindIdStyle().ShouldBe(style);
        written.Id.ShouldBe(vector.GetProperty("event_id").GetString());
        written.Signature.ShouldBe(vector.GetProperty("sig").GetString());
        written.WriteSigned(signed);
        signed.Written.ToArray().ShouldBe(Bytes(vector, "signed_preimage_utf8"));
        written.IsSignedBy(key.PublicKey).ShouldBeTrue();
    }

    [Fact]
    public void The_builder_writes_the_vectors_own_line()
    {
        var vector = Fixture.Json("extra/event-signing.json")[1];
        using var key = SigningKey.FromSeed(Convert.FromBase64String(vector.GetProperty("private_key_b64").GetString()!));
        var builder = new BackpackEventBuilder(key);
        var line = Bytes(vector, "ndjson_line");
        var built = builder.Build(SampleEvents.Prepare(line), ChainLink.First, SampleEvents.TimeOf(line));
        built.Entry.Event.ToArray().ShouldBe(line);
        built.EventId.ShouldBe(vector.GetProperty("event_id").GetString());
    }

    [Fact]
    public void The_entry_hash_is_that_of_id_and_signature_and_survives_redaction()
    {
        using var key = Fixture.Key("root");
        var builder = new BackpackEventBuilder(key);
        var built = builder.Build(PreparedBackpackEvent.Create("com.example.note", """{"a":"secret"}"""u8, "a"), ChainLink.First, TestVault.Time);
        var line = Encoding.UTF8.GetString(built.Entry.Event.Span);
        var written = new BackpackEvent(built.Entry.Event.Span);
        written.EntryHash().ShouldBe(built.Entry.Hash);
        var redacted = Encoding.UTF8.GetBytes(line.Replace("""{"a":"secret"}""", """{"redacted":true}"""));
        var tombstone = new BackpackEvent(redacted);
        tombstone.EntryHash().ShouldBe(built.Entry.Hash);
        tombstone.IsTombstone.ShouldBeTrue();
        tombstone.FindIdStyle().ShouldBe(EventIdStyle.None);
        BackpackFormat.Instance.Check(0, redacted, default, out var hash).ShouldBe(EntryState.Whole);
        hash.ShouldBe(built.Entry.Hash);
    }

    [Theory]
    [InlineData("ORAg==", "ORAg==", true)]
    [InlineData("ORAg==", "ORAg===", false)]
    [InlineData("ORAg==", "ORAg", false)]
    [InlineData("ORAg==", "ORAh==", false)]
    [InlineData("ORAg==", " ORAg==", false)]
    [InlineData("+4Bh", "-4Bh", false)]
    public void A_signature_has_one_spelling(string from, string to, bool counts)
    {
        using var key = Fixture.Key("root");
        var line = Encoding.UTF8.GetString(SampleEvents.Of("sample-vault-strict")[0]).Replace(from, to);
        line.ShouldContain(to);
        new BackpackEvent(Encoding.UTF8.GetBytes(line)).IsSignedBy(key.PublicKey).ShouldBe(counts);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("5")]
    [InlineData("{")]
    [InlineData("")]
    [InlineData("{\"a\":NaN}")]
    public void What_is_not_an_object_is_torn(string line) =>
        BackpackFormat.Instance.Check(0, Encoding.UTF8.GetBytes(line), default, out _).ShouldBe(EntryState.Torn);

    [Fact]
    public void Members_of_other_types_are_missing()
    {
        var written = new BackpackEvent("""{"actor":1,"actor_key_id":null,"event_id":[],"payload":"x","prev_event_hash":7,"sig":{},"timestamp_utc":true,"ts_logical":1.0,"type":null}"""u8);
        written.Actor.ShouldBeNull();
        written.KeyId.ShouldBeNull();
        written.Id.ShouldBeNull();
        written.PreviousId.ShouldBeNull();
        written.IsFirstOfActor.ShouldBeFalse();
        written.LogicalTime.ShouldBeNull();
        written.HasPayloadObject.ShouldBeFalse();
        written.IsTombstone.ShouldBeFalse();
        written.FindIdStyle().ShouldBe(EventIdStyle.None);
        using var key = Fixture.Key("root");
        written.IsSignedBy(key.PublicKey).ShouldBeFalse();
    }

    [Property(MaxTest = 60)]
    public void A_changed_byte_never_verifies(NonNegativeInt place, byte change)
    {
        var line = SampleEvents.Of("sample-vault-strict")[4];
        var at = place.Get % line.Length;
        if (change == 0)
            return;
        line[at] ^= change;
        using var key = Fixture.Key("quorum");
        using var scratch = new PooledBuffer();
        if (!BackpackEvent.TryRead(line, scratch, out var written))
            return;
        (written.IsCanonical && written.FindIdStyle() != EventIdStyle.None && written.IsSignedBy(key.PublicKey)).ShouldBeFalse();
    }

    [Property(MaxTest = 60)]
    public void Whatever_is_built_reads_back(NonEmptyString actor, NonEmptyString text, bool first)
    {
        var name = "a" + new string([.. actor.Get.Where(c => !char.IsControl(c) && !char.IsSurrogate(c)).Take(100)]).Trim() + "z";
        var payload = JsonSerializer.SerializeToUtf8Bytes(new { subject = "s" + new string([.. text.Get.Where(c => !char.IsSurrogate(c))]), predicate = "p", value = 1.5 });
        using var key = Fixture.Key("root");
        var builder = new BackpackEventBuilder(key);
        using var scratch = new PooledBuffer();
        var link = first ? ChainLink.First : new ChainLink("evt_000000000000000000000000", 7, null);
        var built = builder.Build(PreparedBackpackEvent.Create("OBSERVATION", payload, name), link, TestVault.Time);
        BackpackEvent.TryRead(built.Entry.Event.Span, scratch, out var written).ShouldBeTrue();
        written.IsCanonical.ShouldBeTrue();
        written.FindIdStyle().ShouldBe(EventIdStyle.WithKey);
        written.IsSignedBy(key.PublicKey).ShouldBeTrue();
        written.EntryHash().ShouldBe(built.Entry.Hash);
        written.Id.ShouldBe(built.EventId);
        written.Actor.ShouldBe(name);
        written.PreviousId.ShouldBe(link.PreviousId);
        written.LogicalTime.ShouldBe(link.LogicalTime);
    }

    private static byte[] Bytes(JsonElement vector, string name) => Encoding.UTF8.GetBytes(vector.GetProperty(name).GetString()!);
}
