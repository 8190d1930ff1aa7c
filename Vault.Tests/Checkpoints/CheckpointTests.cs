using System.Text;
using System.Text.Json;
using Granary.Vault.Backpack;
using Granary.Vault.Canonical;
using Granary.Vault.Checkpoints;
using Granary.Vault.Psmc;
using Granary.Vault.Tests.Backpack;
using Granary.Vault.Tests.Support;

namespace Granary.Vault.Tests.Checkpoints;

public sealed class CheckpointTests
{
    [Theory]
    [InlineData("checkpoint/0000000008.chk", "root", "sample-vault")]
    [InlineData("sample-psmc-vault/checkpoints/0000000006.chk", "psmc_rotated", "sample-psmc-vault")]
    public void It_is_the_reference_s_byte_for_byte(string file, string keyName, string vault)
    {
        var expected = Fixture.Read(file);
        using var sample = JsonDocument.Parse(expected);
        using var key = Fixture.Key(keyName);
        EventTimestamp.TryParse(sample.RootElement.GetProperty("signed_at_utc").GetString(), out var time).ShouldBeTrue();
        using var state = SampleEvents.Reduce(SampleEvents.Of(vault), vault == "sample-vault" ? BackpackFormat.View : PsmcFormat.View);
        var written = Checkpoint.Write(state, key, time, sample.RootElement.GetProperty("merkle_root").GetString());
        written.Name.ShouldBe($"checkpoints/{Path.GetFileName(file)}");
        Encoding.UTF8.GetString(written.Content.Span).ShouldBe(Encoding.UTF8.GetString(expected));
    }
}
