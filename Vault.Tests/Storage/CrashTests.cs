using System.Text;
using Granary.Vault.Psmc;
using Granary.Vault.Psmc.Bridge;
using Granary.Vault.Psmc.Verification;
using Granary.Vault.Storage;
using Granary.Vault.Storage.Files.Commits;
using Granary.Vault.Tests.Support;

namespace Granary.Vault.Tests.Storage;

/// <summary>The process, or the machine, dies at each step of opening and appending in turn.</summary>
public sealed class CrashTests
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task Nothing_acknowledged_is_lost_wherever_it_dies(bool powerCut, bool commitLog)
    {
        for (var step = 1; ; step++)
        {
            using var folder = new TestFolder();
            await TestVault.FillAsync(folder, 2);
            var files = new FaultyFileSystem { CrashAt = step };
            var run = new Run();
            var finished = await run.StormAsync(folder, files, commitLog);
            if (powerCut)
                files.LosePower();
            await run.CheckAsync(folder, $"step {step}", commitLog);
            if (finished)
            {
                step.ShouldBeGreaterThan(15, "the storm has that many steps at least");
                return;
            }
        }
    }

    [Fact]
    public async Task Creating_leaves_a_whole_vault_or_none()
    {
        for (var step = 1; ; step++)
        {
            using var folder = new TestFolder();
            using var key = Fixture.Key("psmc_active");
            var files = new FaultyFileSystem { CrashAt = step };
            var died = false;
            try
            {
                await PsmcVault.CreateAsync(TestVault.Store(folder, files), key, TestVault.Time, default);
            }
            catch (SimulatedCrashException)
            {
                died = true;
            }
            if (!Directory.Exists(folder.Vault))
                await TestVault.CreateAsync(folder);
            var report = await TestVault.VerifyAsync(folder);
            report.Findings.ShouldBeEmpty($"step {step}");
            if (!died)
                return;
        }
    }

    private sealed class Run
    {
        private readonly Dictionary<long, string> _acknowledged = [];
        private readonly List<LogEntry> _tried = [];

        public async Task<bool> StormAsync(TestFolder folder, FaultyFileSystem files, bool commitLog)
        {
            CommitLog? commits = null;
            PsmcVault? vault = null;
            try
            {
                // Segments of one commit, so that checkpoints run between the appends.
                commits = commitLog ? CommitLog.Open(new CommitLogOptions { Root = folder.Path, Files = files, SegmentBytes = 1 }, out _) : null;
                vault = await TestVault.OpenAsync(folder, files, commits);
                var bridge = await PsmcBridge.LoadAsync(vault.Log, default);
                await AppendAsync(vault, 1, null, null);
                await AppendAsync(vault, 3, "a", bridge);
                await AppendAsync(vault, 2, null, bridge);
                await AppendAsync(vault, 2, "b", null);
                return true;
            }
            catch (SimulatedCrashException)
            {
                return false;
            }
            catch (VaultStorageException failure) when (failure.InnerException is SimulatedCrashException)
            {
                return false;
            }
            finally
            {
                if (vault is not null)
                    await vault.DisposeAsync();
                if (commits is not null)
                    await commits.DisposeAsync();
            }
        }

        public async Task CheckAsync(TestFolder folder, string where, bool commitLog)
        {
            await using var commits = commitLog ? CommitLog.Open(new CommitLogOptions { Root = folder.Path }, out _) : null;
            await using var vault = await TestVault.OpenAsync(folder, null, commits);
            var report = await new PsmcVerifier(vault.Log).RunAsync(null, null, default);
            report.Findings.ShouldBeEmpty(where);
            var lines = await vault.Log.ReadAsync(LogStream.Events, 0, 100, 1 << 20, default);
            var stored = lines.Lines.Select(line => Encoding.UTF8.GetString(line.Span)).ToList();
            foreach (var (position, line) in _acknowledged)
                stored[(int)position].ShouldBe(line, where);
            var kept = _tried.Where(entry => stored.Contains(Encoding.UTF8.GetString(entry.Event.Span))).ToList();
            vault.Log.Count(LogStream.Bridge).ShouldBe(kept.Count(entry => !entry.Bridge.IsEmpty), where);
            foreach (var entry in _tried.Where(entry => entry.Claim is not null))
            {
                var record = await vault.Log.FindKeyAsync(entry.Claim!.Key, default);
                (record?.Hash).ShouldBe(kept.Contains(entry) ? entry.Hash : null, where);
            }
            await TestVault.AppendAsync(vault, 1);
            (await new PsmcVerifier(vault.Log).RunAsync(null, null, default)).Valid.ShouldBeTrue(where);
        }

        private async Task AppendAsync(PsmcVault vault, int count, string? key, PsmcBridge? bridge)
        {
            var from = vault.Log.Head.Count;
            var entries = TestVault.Build(vault, count, key, bridge);
            _tried.AddRange(entries);
            await vault.Log.AppendAsync(vault.Log.Head, entries, default);
            for (var i = 0; i < entries.Count; i++)
                _acknowledged[from + i] = Encoding.UTF8.GetString(entries[i].Event.Span);
        }
    }
}
