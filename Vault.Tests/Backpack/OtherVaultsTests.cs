using Granary.Testing;
using Granary.Vault.Backpack;
using Granary.Vault.Backpack.Events;
using Granary.Vault.Backpack.Keys;
using Granary.Vault.Backpack.Manifests;
using Granary.Vault.Canonical;
using Granary.Vault.Storage;
using Granary.Vault.Tests.Support;

namespace Granary.Vault.Tests.Backpack;

/// <summary>Vaults that the reference and others wrote are read as what they are.</summary>
public sealed class OtherVaultsTests
{
    [Theory]
    [InlineData("sample-vault-strict", 11, 0)]
    [InlineData("sample-vault", 2, 6)]
    [InlineData("sample-vault-rekeyed", 2, 8)]
    public void Sample_vaults_are_whole(string vault, int withKey, int beforeKey)
    {
        var styles = Read(Fixture.PathOf(vault), signed: true);
        styles.Count(style => style == EventIdStyle.WithKey).ShouldBe(withKey);
        styles.Count(style => style == EventIdStyle.BeforeKey).ShouldBe(beforeKey);
        var manifest = Manifest.Read(Fixture.Read($"{vault}/manifest.json"));
        manifest.Write().ShouldBe(Fixture.Read($"{vault}/manifest.json"));
        (manifest.MerkleRoot() + "\n").ShouldBe(File.ReadAllText(Fixture.PathOf($"{vault}/merkle_root.txt")));
        var signature = ManifestSignature.Read(Fixture.Read($"{vault}/manifest.sig"));
        signature.Write().ShouldBe(Fixture.Read($"{vault}/manifest.sig"));
        using var root = Fixture.Key("root");
        signature.IsSignedBy(root.PublicKey).ShouldBeTrue();
        (signature.MerkleRoot == manifest.MerkleRoot()).ShouldBe(vault == "sample-vault-strict");
        var registry = KeyRegistry.Read(Fixture.Read($"{vault}/{KeyRegistry.FileName}"));
        registry.Write(afterRotation: vault == "sample-vault-rekeyed").ShouldBe(Fixture.Read($"{vault}/{KeyRegistry.FileName}"));
    }

    [SharedFact]
    public void Upstream_vaults_are_whole()
    {
        Read(SharedFiles.PathOf("upstream/fixtures/reference_backpack"), signed: true).Count.ShouldBe(2);
        Read(SharedFiles.PathOf("upstream/examples/Demo_Backpack"), signed: true).Count.ShouldBe(5);
        // Its writer linked events by key, across actors.
        Read(SharedFiles.PathOf("upstream/examples/Genesis_Vault"), signed: true, chained: false).Count.ShouldBe(13);
        var hunt = Read(SharedFiles.PathOf("upstream/hunt/reference_backpack"), signed: false);
        hunt.Count.ShouldBe(5);
        hunt.ShouldAllBe(style => style == EventIdStyle.None);
    }

    private static List<EventIdStyle> Read(string vault, bool signed, bool chained = true)
    {
        var registry = KeyRegistry.Read(File.ReadAllBytes(Path.Combine(vault, "identity", "keys.json")));
        using var scratch = new PooledBuffer();
        var styles = new List<EventIdStyle>();
        var chains = new BackpackChains();
        foreach (var line in SampleEvents.Lines(Path.Combine(vault, "events", "events.ndjson")))
        {
            BackpackFormat.Instance.Check(styles.Count, line, default, out var hash).ShouldBe(EntryState.Whole);
            hash.Length.ShouldBe(64);
            BackpackEvent.TryRead(line, scratch, out var written).ShouldBeTrue();
            if (chained)
                written.PreviousId.ShouldBe(chains.Next(written.Actor!).PreviousId);
            if (signed)
                written.IsSignedBy(registry.Find(written.KeyId)!.Key!).ShouldBeTrue();
            styles.Add(written.FindIdStyle());
            chains.Apply(written);
        }
        chains.Position.ShouldBe(styles.Count);
        return styles;
    }
}
