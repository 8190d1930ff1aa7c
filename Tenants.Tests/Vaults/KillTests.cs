using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Granary.Tenants.Tests.Support;
using Granary.Vault;
using Granary.Vault.Storage;

namespace Granary.Tenants.Tests.Vaults;

/// <summary>A real process dies in a storm of appends, again and again over the same vault.</summary>
public sealed class KillTests
{
    private const int Kills = 12;

    [Theory]
    [InlineData("psmc")]
    [InlineData("backpack")]
    public async Task After_kill_9_every_acknowledged_event_is_there_once_and_the_vault_verifies_strictly(string format)
    {
        await using var tenants = new TestTenants();
        await tenants["storm"].CreateAsync(new VaultCreation { Format = format }, default);
        await tenants.Host.DisposeAsync();
        var acknowledged = new Dictionary<long, string>();
        for (var run = 0; run < Kills; run++)
        {
            var lines = await StormAsync(tenants.Folder, run, format, acknowledgements: 5 + (run * 13));
            foreach (var line in lines)
                acknowledged.Add(long.Parse(line[0], CultureInfo.InvariantCulture), line[1]);

            await using var again = new TestTenants(folder: tenants.Folder);
            var report = await again["storm"].VerifyAsync(null, default);
            report.Findings.ShouldBeEmpty($"run {run}");
            var hashes = Hashes(tenants.Folder, format);
            report.EventCount.ShouldBe(hashes.Count);
            foreach (var (position, hash) in acknowledged)
                hashes[(int)position].ShouldBe(hash, $"run {run}");
            await RepeatAsync(again, lines.Last(line => line[2] != "-"), format);
        }
        acknowledged.Count.ShouldBeGreaterThan(Kills * 5);
    }

    private static async Task RepeatAsync(TestTenants tenants, string[] line, string format)
    {
        var (i, writer) = (int.Parse(line[3], CultureInfo.InvariantCulture), int.Parse(line[4], CultureInfo.InvariantCulture));
        var receipt = await tenants["storm"].AppendAsync(StormProgram.Say(i, writer, line[2], format == "backpack"), default);
        (receipt.Replayed, receipt.Hash).ShouldBe((true, line[1]));
    }

    private static async Task<List<string[]>> StormAsync(string folder, int run, string format, int acknowledgements)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", typeof(KillTests).Assembly.Location, folder, $"run{run}", format]) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var lines = new List<string[]>();
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            var parts = line.Split(' ');
            // The last line may be torn by the kill; what it acknowledged was not heard.
            if (parts is [.., "."] and { Length: 6 })
                lines.Add(parts);
            if (lines.Count == acknowledgements)
                process.Kill();
        }
        await process.WaitForExitAsync();
        lines.Count.ShouldBeGreaterThanOrEqualTo(acknowledgements);
        return lines;
    }

    private static List<string> Hashes(string folder, string format) =>
        [.. File.ReadLines(Path.Combine(folder, "default", "vaults", "storm", "events", "events.ndjson")).Select(line => format == "psmc"
            ? JsonDocument.Parse(line).RootElement.GetProperty("hash").GetString()!
            : EntryHash(Encoding.UTF8.GetBytes(line)))];

    private static string EntryHash(byte[] line)
    {
        VaultFormats.Backpack.Entries.Check(0, line, default, out var hash).ShouldBe(EntryState.Whole);
        return hash;
    }
}
