using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Granary.Tenants.Tests.Support;

namespace Granary.Tenants.Tests.Vaults;

/// <summary>A real process dies in a storm of appends, again and again over the same vault.</summary>
public sealed class KillTests
{
    private const int Kills = 20;

    [Fact]
    public async Task After_kill_9_every_acknowledged_event_is_there_once_and_the_vault_verifies()
    {
        await using var tenants = new TestTenants();
        await tenants["storm"].CreateAsync(default);
        await tenants.Host.DisposeAsync();
        var acknowledged = new Dictionary<long, string>();
        for (var run = 0; run < Kills; run++)
        {
            var lines = await StormAsync(tenants.Folder, run, acknowledgements: 5 + (run * 13));
            foreach (var line in lines)
                acknowledged.Add(long.Parse(line[0], CultureInfo.InvariantCulture), line[1]);

            await using var again = new TestTenants(folder: tenants.Folder);
            var report = await again["storm"].VerifyAsync(null, default);
            report.Findings.ShouldBeEmpty($"run {run}");
            var hashes = Hashes(tenants.Folder);
            report.EventCount.ShouldBe(hashes.Count);
            foreach (var (position, hash) in acknowledged)
                hashes[(int)position].ShouldBe(hash, $"run {run}");
            await RepeatAsync(again, lines.Last(line => line[2] != "-"));
        }
        acknowledged.Count.ShouldBeGreaterThan(Kills * 5);
    }

    private static async Task RepeatAsync(TestTenants tenants, string[] line)
    {
        var (i, writer) = (int.Parse(line[3], CultureInfo.InvariantCulture), int.Parse(line[4], CultureInfo.InvariantCulture));
        var append = TestTenants.Note($$"""{"n":{{i}},"subject":"w{{writer}}"}""", line[2], bridge: writer == 0 && i % 8 == 0);
        var receipt = await tenants["storm"].AppendAsync(append, default);
        (receipt.Replayed, receipt.Hash).ShouldBe((true, line[1]));
    }

    private static async Task<List<string[]>> StormAsync(string folder, int run, int acknowledgements)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", typeof(KillTests).Assembly.Location, folder, $"run{run}"]) { RedirectStandardOutput = true };
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

    private static List<string> Hashes(string folder) =>
        [.. File.ReadLines(Path.Combine(folder, "default", "vaults", "storm", "events", "events.ndjson"))
            .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("hash").GetString()!)];
}
