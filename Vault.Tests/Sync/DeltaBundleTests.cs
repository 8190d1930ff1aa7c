using System.Text;
using Granary.Vault.Backpack.Keys;
using Granary.Vault.Canonical;
using Granary.Vault.Sync;
using Granary.Vault.Tests.Backpack;
using Granary.Vault.Tests.Support;

namespace Granary.Vault.Tests.Sync;

public sealed class DeltaBundleTests
{
    [Theory]
    [InlineData("sample-full", null)]
    [InlineData("sample-since-4th", "evt_dd272e10c24674ea07e1f9df")]
    public async Task Export_writes_the_reference_s_bundle(string name, string? since)
    {
        var expected = Fixture.Read($"delta/{name}.delta.ndjson");
        var sample = DeltaBundle.Read(expected);
        sample.Since.ShouldBe(since);
        EventTimestamp.TryParse(sample.ExportedAt, out var time).ShouldBeTrue();
        var registry = KeyRegistry.Read(Fixture.Read("sample-vault/identity/keys.json"));
        var written = await DeltaBundle.ExportAsync(new LinesReader(SampleEvents.Of("sample-vault")), registry, since, time, default);
        Encoding.UTF8.GetString(written).ShouldBe(Encoding.UTF8.GetString(expected));
    }

    [Fact]
    public async Task After_an_event_that_is_not_there_everything_is_exported()
    {
        var registry = KeyRegistry.Read(Fixture.Read("sample-vault/identity/keys.json"));
        var written = await DeltaBundle.ExportAsync(new LinesReader(SampleEvents.Of("sample-vault")), registry, "evt_other", TestVault.Time, default);
        var bundle = DeltaBundle.Read(written);
        bundle.Lines.Count.ShouldBe(8);
        bundle.Keys.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("[]\n", "not a JSON object")]
    [InlineData("{\"type\":\"other\"}\n", "no header")]
    [InlineData("{\"event_count\":2,\"type\":\"provara_delta_v1\"}\n{}\n", "not whole")]
    [InlineData("{\"type\":\"provara_delta_v1\"}\n", "not whole")]
    public void What_is_no_whole_bundle_is_refused(string text, string reason) =>
        Should.Throw<FormatException>(() => DeltaBundle.Read(Encoding.UTF8.GetBytes(text))).Message.ShouldContain(reason);
}
