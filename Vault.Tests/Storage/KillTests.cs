using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Granary.Vault.Backpack.Events;
using Granary.Vault.Canonical;
using Granary.Vault.Psmc.Verification;
using Granary.Vault.Storage.Files.Commits;
using Granary.Vault.Tests.Support;

namespace Granary.Vault.Tests.Storage;

/// <summary>A real process that appends through the library dies by SIGKILL, again and again over the same vault.</summary>
public sealed class KillTests
{
    private const int Kills = 8;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Psmc_loses_nothing_acknowledged_and_verifies(bool commitLog)
    {
        using var folder = new TestFolder();
        await TestVault.CreateAsync(folder);
        var acknowledged = new Dictionary<long, string>();
        for (var kill = 0; kill < Kills; kill++)
        {
            foreach (var (position, hash) in await StormAsync(folder, StormProgram.Psmc, commitLog, acknowledgements: 3 + (kill * 11)))
                acknowledged.Add(position, hash);
            await using var commits = commitLog ? CommitLog.Open(new CommitLogOptions { Root = folder.Path }, out _) : null;
            await using var vault = await TestVault.OpenAsync(folder, null, commits);
            var report = await new PsmcVerifier(vault.Log).RunAsync(null, null, default);
            report.Findings.ShouldBeEmpty($"kill {kill}");
            var hashes = File.ReadLines(Path.Combine(folder.Vault, "events", "events.ndjson"))
                .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("hash").GetString()!).ToList();
            hashes.Count.ShouldBe((int)report.EventCount);
            foreach (var (position, hash) in acknowledged)
                hashes[(int)position].ShouldBe(hash, $"kill {kill}");
        }
        acknowledged.Count.ShouldBeGreaterThan(Kills * 3);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Backpack_loses_nothing_acknowledged_and_every_chain_holds(bool commitLog)
    {
        using var folder = new TestFolder();
        await StoredBackpack.CreateAsync(TestVault.Store(folder));
        var acknowledged = new Dictionary<long, string>();
        for (var kill = 0; kill < Kills; kill++)
        {
            foreach (var (position, hash) in await StormAsync(folder, StormProgram.Backpack, commitLog, acknowledgements: 3 + (kill * 11)))
                acknowledged.Add(position, hash);
            await using var commits = commitLog ? CommitLog.Open(new CommitLogOptions { Root = folder.Path }, out _) : null;
            await using var vault = await StoredBackpack.OpenAsync(TestVault.Store(folder, null, commits));
            vault.Log.Findings.ShouldBeEmpty($"kill {kill}");
            var hashes = CheckChains(await vault.LinesAsync());
            foreach (var (position, hash) in acknowledged)
                hashes[(int)position].ShouldBe(hash, $"kill {kill}");
        }
        acknowledged.Count.ShouldBeGreaterThan(Kills * 3);
    }

    /// <summary>Every event is whole, signed unless it was redacted, and linked to its actor's last one; their entry hashes.</summary>
    private static List<string> CheckChains(IEnumerable<string> lines)
    {
        using var key = Fixture.Key("psmc_active");
        using var scratch = new PooledBuffer();
        var chains = new BackpackChains();
        var hashes = new List<string>();
        foreach (var line in lines)
        {
            BackpackEvent.TryRead(Encoding.UTF8.GetBytes(line), scratch, out var written).ShouldBeTrue();
            (written.IsTombstone || written.IsSignedBy(key.PublicKey)).ShouldBeTrue(line);
            written.PreviousId.ShouldBe(chains.Next(written.Actor!).PreviousId, line);
            chains.Apply(written);
            hashes.Add(written.EntryHash());
        }
        return hashes;
    }

    /// <summary>Starts the program, listens until it has acknowledged so many events, kills it; what was heard.</summary>
    private static async Task<List<(long Position, string Hash)>> StormAsync(TestFolder folder, string format, bool commitLog, int acknowledgements)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", typeof(KillTests).Assembly.Location, format, folder.Path, $"{commitLog}"]) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var heard = new List<(long, string)>();
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            // The last line may be torn by the kill; what it acknowledged was not heard.
            if (line.Split(' ') is [var position, { Length: 64 } hash, "."])
                heard.Add((long.Parse(position, CultureInfo.InvariantCulture), hash));
            if (heard.Count == acknowledgements)
                process.Kill();
        }
        await process.WaitForExitAsync();
        heard.Count.ShouldBeGreaterThanOrEqualTo(acknowledgements);
        return heard;
    }
}
