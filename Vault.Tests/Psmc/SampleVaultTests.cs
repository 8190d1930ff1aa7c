using System.Text;
using System.Text.Json;
using Granary.Vault.Canonical;
using Granary.Vault.Psmc.Bridge;
using Granary.Vault.Psmc.Events;
using Granary.Vault.Storage;
using Granary.Vault.Tests.Support;

namespace Granary.Vault.Tests.Psmc;

/// <summary>Against a vault that the reference wrote, key rotation included.</summary>
public sealed class SampleVaultTests
{
    [Fact]
    public async Task It_opens_and_verifies()
    {
        using var folder = new TestFolder();
        Fixture.CopySampleVault(folder.Vault);
        var report = await TestVault.VerifyAsync(folder);
        report.Findings.Select(finding => (finding.Position, finding.Rule)).ShouldBe([(4, "key.endorsement")], "the reference's rotation is the new key's word alone");
        report.EventCount.ShouldBe(6);
        report.Head.ShouldBe("349186340c741d649a81eaf5cc465740cae983d5255e8c4b4ebb5a1b1dbf13bf");
    }

    [Fact]
    public async Task It_takes_events_and_still_verifies()
    {
        using var folder = new TestFolder();
        Fixture.CopySampleVault(folder.Vault);
        await using (var vault = await TestVault.OpenAsync(folder))
        {
            vault.Log.Repairs.ShouldBeEmpty();
            var bridge = await PsmcBridge.LoadAsync(vault.Log, default);
            bridge.LastEventId.ShouldBe("evt_e65e35220ac041186f40a009");
            await TestVault.AppendAsync(vault, 3, bridge: bridge);
        }
        File.ReadAllText(Path.Combine(folder.Vault, "events", "events.ndjson"))
            .ShouldStartWith(Encoding.UTF8.GetString(Fixture.Read("sample-psmc-vault/events/events.ndjson")));
        var report = await TestVault.VerifyAsync(folder);
        report.Findings.Select(finding => finding.Rule).ShouldBe(["key.endorsement"]);
        report.EventCount.ShouldBe(9);
    }

    [Fact]
    public void The_same_key_time_and_input_give_the_same_bytes()
    {
        var events = File.ReadAllLines(Fixture.PathOf("sample-psmc-vault/events/events.ndjson"));
        var chain = File.ReadAllLines(Fixture.PathOf("sample-psmc-vault/chain/chain.ndjson"));
        var bridges = File.ReadAllLines(Fixture.PathOf("sample-psmc-vault/events/provara.ndjson"));
        using var active = Fixture.Key("psmc_active");
        using var rotated = Fixture.Key("psmc_rotated");
        var head = LogHead.Empty;
        string? previousBridge = null;
        var bridgesMade = 0;
        for (var i = 0; i < events.Length; i++)
        {
            var builder = new PsmcEntryBuilder(i < 4 ? active : rotated);
            var expected = JsonDocument.Parse(events[i]).RootElement;
            var tags = expected.TryGetProperty("tags", out var labels) ? labels.EnumerateArray().Select(tag => tag.GetString()!).ToList() : null;
            var hasBridge = i is 2 or 3;
            var prepared = PreparedEvent.Create(
                expected.GetProperty("type").GetString()!, Encoding.UTF8.GetBytes(expected.GetProperty("data").GetRawText()), tags, hasBridge);
            EventTimestamp.TryParse(expected.GetProperty("timestamp").GetString(), out var time).ShouldBeTrue();
            var built = builder.Build(prepared, head, expected.GetProperty("id").GetGuid(), time, previousBridge);
            Encoding.UTF8.GetString(built.Entry.Event.Span).ShouldBe(events[i]);
            Encoding.UTF8.GetString(built.Entry.Chain.Span).ShouldBe(chain[i]);
            if (hasBridge)
            {
                Encoding.UTF8.GetString(built.Entry.Bridge.Span).ShouldBe(bridges[bridgesMade++]);
                previousBridge = built.BridgeEventId;
            }
            head = new LogHead(i + 1, built.Entry.Hash);
        }
        bridgesMade.ShouldBe(2);
    }

    [Fact]
    public async Task A_new_vault_has_the_formats_own_files()
    {
        using var folder = new TestFolder();
        await TestVault.CreateAsync(folder);
        var created = EventTimestamp.Format(TestVault.Time);
        var readme = Encoding.UTF8.GetString(Fixture.Read("sample-psmc-vault/README.txt")).Replace("2026-01-05T09:00:00.250000+00:00", created);
        File.ReadAllText(Path.Combine(folder.Vault, "README.txt")).ShouldBe(readme);
        var metadata = Encoding.UTF8.GetString(Fixture.Read("sample-psmc-vault/psmc.json"))
            .Replace("2026-01-05T09:00:00.250000+00:00", created).Replace("bp1_a18112b0b7b4225f", "bp1_519cae93e93ad011")
            .Replace(",\n  \"last_rotation\": \"2026-01-05T09:00:06.256000+00:00\"", "");
        File.ReadAllText(Path.Combine(folder.Vault, "psmc.json")).ShouldBe(metadata);
        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(Path.Combine(folder.Vault, "keys", "active.pem")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Directory.EnumerateFiles(folder.Vault, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder.Vault, file))
            .Order(StringComparer.Ordinal).ShouldBe(["README.txt", "chain/chain.ndjson", "events/events.ndjson", "keys/active.pem", "keys/active.pub.pem", "psmc.json"]);
    }

    [Theory]
    [InlineData(0, "2026-01-05T09:00:00+00:00")]
    [InlineData(9, "2026-01-05T09:00:00+00:00")]
    [InlineData(10, "2026-01-05T09:00:00.000001+00:00")]
    [InlineData(5_000_000, "2026-01-05T09:00:00.500000+00:00")]
    public void Timestamps_have_microseconds_or_no_fraction(long ticks, string expected)
    {
        EventTimestamp.Format(TestVault.Time.AddTicks(ticks)).ShouldBe(expected);
        EventTimestamp.TryParse(expected, out var time).ShouldBeTrue();
        time.ShouldBe(TestVault.Time.AddTicks(ticks / 10 * 10));
    }
}
