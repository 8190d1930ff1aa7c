using System.Text;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Granary.Vault.Proofs;
using Granary.Vault.Storage;
using Granary.Vault.Tests.Support;

namespace Granary.Vault.Tests.Proofs;

public sealed class SignedHeadTests
{
    [Fact]
    public void It_is_canonical_json_signed_without_its_signature()
    {
        using var key = Fixture.Key("root");
        var head = Logs.Head(key, 3);
        var text = Encoding.UTF8.GetString(head.Write());
        text.ShouldBe($$"""{"count":3,"format":"psmc","head":"{{head.Head}}","key_id":"bp1_56475aa75463474c","root":"{{head.Root}}","sig":"{{head.Signature}}","signed_at_utc":"2026-01-05T09:00:00+00:00","vault":"notes"}""");
        key.PublicKey.Verify(Encoding.UTF8.GetBytes(text.Replace($"\"sig\":\"{head.Signature}\",", "")), Convert.FromBase64String(head.Signature)).ShouldBeTrue();
        var read = SignedHead.Read(head.Write());
        read.ShouldBe(head);
        read.IsSignedBy(key.PublicKey).ShouldBeTrue();
    }

    [Fact]
    public void Another_key_did_not_sign_it()
    {
        using var key = Fixture.Key("root");
        using var other = Fixture.Key("quorum");
        var head = Logs.Head(key, 3);
        head.IsSignedBy(other.PublicKey).ShouldBeFalse();
        (head with { KeyId = other.PublicKey.KeyId }).IsSignedBy(other.PublicKey).ShouldBeFalse();
    }

    [Fact]
    public void Every_member_is_signed()
    {
        using var key = Fixture.Key("root");
        var head = Logs.Head(key, 3);
        foreach (var changed in (SignedHead[])[
            head with { Count = 4 }, head with { Format = "backpack" }, head with { Head = LogHead.ZeroHash }, head with { Root = LogHead.ZeroHash },
            head with { SignedAt = "2026-01-05T09:00:01+00:00" }, head with { Vault = "other" }, head with { Signature = head.Signature + "\n" }])
            changed.IsSignedBy(key.PublicKey).ShouldBeFalse();
    }

    [Property(MaxTest = 100)]
    public Property A_smaller_record_never_takes_the_place_of_a_larger_one() => Prop.ForAll(Gen.Choose(0, 20).Two().ToArbitrary(), sizes =>
    {
        using var key = Fixture.Key("root");
        var (kept, next) = (Logs.Head(key, sizes.Item1), Logs.Head(key, sizes.Item2));
        next.MayReplace(kept).ShouldBe(sizes.Item2 >= sizes.Item1);
        next.MayReplace(null).ShouldBeTrue();
    });

    [Fact]
    public void A_record_of_the_same_size_must_say_the_same()
    {
        using var key = Fixture.Key("root");
        var kept = Logs.Head(key, 3);
        (kept with { SignedAt = "later" }).MayReplace(kept).ShouldBeTrue();
        (kept with { Root = LogHead.ZeroHash }).MayReplace(kept).ShouldBeFalse();
        (kept with { Head = LogHead.ZeroHash }).MayReplace(kept).ShouldBeFalse();
        (kept with { Count = 9, Vault = "other" }).MayReplace(kept).ShouldBeFalse();
        (kept with { Count = 9, Format = "backpack" }).MayReplace(kept).ShouldBeFalse();
    }

    [Theory]
    [InlineData("{}", "count is missing")]
    [InlineData("""{"count":1.0}""", "count must be a whole number")]
    [InlineData("""{"count":1,"format":1}""", "format must be a string")]
    [InlineData("""{"count":1,"format":"psmc","head":"0"}""", "head must hold 64")]
    [InlineData("nothing", "not JSON")]
    public void What_is_no_head_is_refused(string json, string reason) =>
        Should.Throw<FormatException>(() => SignedHead.Read(Encoding.UTF8.GetBytes(json))).Message.ShouldContain(reason);
}
