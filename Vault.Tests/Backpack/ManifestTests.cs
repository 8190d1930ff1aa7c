using System.Text;
using Granary.Vault.Backpack.Manifests;
using Granary.Vault.Tests.Support;

namespace Granary.Vault.Tests.Backpack;

public sealed class ManifestTests
{
    [Fact]
    public void Merkle_roots_are_those_of_the_vectors()
    {
        foreach (var vector in Fixture.Json("extra/merkle-extra.json").EnumerateArray())
        {
            var leaves = vector.GetProperty("leaves_utf8").EnumerateArray().Select(leaf => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(leaf.GetString()!));
            MerkleTree.Root(leaves).ShouldBe(vector.GetProperty("root").GetString());
        }
    }

    [Fact]
    public void Files_are_listed_by_code_points_and_four_are_left_out()
    {
        var files = new ManifestBuilder();
        foreach (var path in (string[])["b", "manifest.json", "manifest.sig", "merkle_root.txt", "identity/private_keys.json", "\uFFFF", "\U0001F600", "a/z", "a-"])
            files.Add(path, "x"u8);
        var manifest = files.Build(TestVault.Time);
        manifest.Entries.Select(entry => entry.Path).ShouldBe(["a-", "a/z", "b", "\uFFFF", "\U0001F600"]);
        manifest.Entries[0].ShouldBe(new ManifestEntry("a-", "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881", 1));
        Manifest.Read(manifest.Write()).Entries.ShouldBe(manifest.Entries);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("""{"created_at_utc":"x"}""")]
    [InlineData("""{"created_at_utc":"x","files":[{"path":"p","sha256":"h","size":"1"}]}""")]
    public void What_is_no_manifest_is_refused(string json) => Should.Throw<FormatException>(() => Manifest.Read(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void A_signature_is_over_root_key_time_and_version()
    {
        using var root = Fixture.Key("root");
        using var quorum = Fixture.Key("quorum");
        var signature = ManifestSignature.Sign(new string('a', 64), root, TestVault.Time);
        signature.IsSignedBy(root.PublicKey).ShouldBeTrue();
        signature.IsSignedBy(quorum.PublicKey).ShouldBeFalse();
        (signature with { MerkleRoot = new string('b', 64) }).IsSignedBy(root.PublicKey).ShouldBeFalse();
        (signature with { SignedAt = "2026-01-05T09:00:01+00:00" }).IsSignedBy(root.PublicKey).ShouldBeFalse();
        (signature with { SpecVersion = "1.1" }).IsSignedBy(root.PublicKey).ShouldBeFalse();
        (signature with { KeyId = quorum.PublicKey.KeyId }).IsSignedBy(root.PublicKey).ShouldBeFalse();
        (signature with { Signature = signature.Signature + "=" }).IsSignedBy(root.PublicKey).ShouldBeFalse();
        Should.Throw<FormatException>(() => ManifestSignature.Read("""{"merkle_root":"x"}"""u8)).Message.ShouldContain("key_id");
    }
}
