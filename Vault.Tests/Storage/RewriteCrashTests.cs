using Granary.Vault.Storage.Files.Commits;
using Granary.Vault.Tests.Storage.Contract;
using Granary.Vault.Tests.Support;

namespace Granary.Vault.Tests.Storage;

/// <summary>The process, or the machine, dies at each step of appends that replace lines, with the commit log and without.</summary>
public sealed class RewriteCrashTests
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task The_log_is_the_old_one_or_the_new_one(bool powerCut, bool commitLog)
    {
        for (var step = 1; ; step++)
        {
            using var folder = new TestFolder();
            await (await StoredBackpack.NewAsync(TestVault.Store(folder))).DisposeAsync();
            var files = new FaultyFileSystem { CrashAt = step };
            var run = new RewriteRun();
            var finished = await StormAsync(folder, files, run, commitLog);
            if (powerCut)
                files.LosePower();
            await CheckAsync(folder, run, commitLog, $"step {step}");
            if (!finished)
                continue;
            step.ShouldBeGreaterThan(20, "the storm has that many steps at least");
            return;
        }
    }

    private static async Task<bool> StormAsync(TestFolder folder, FaultyFileSystem files, RewriteRun run, bool commitLog)
    {
        CommitLog? commits = null;
        try
        {
            commits = commitLog ? CommitLog.Open(new CommitLogOptions { Root = folder.Path, Files = files, SegmentBytes = 1 }, out _) : null;
            await run.StormAsync(TestVault.Store(folder, files, commits), create: false);
            return true;
        }
        catch (Exception failure) when (failure is SimulatedCrashException || failure.InnerException is SimulatedCrashException)
        {
            return false;
        }
        finally
        {
            if (commits is not null)
                await commits.DisposeAsync();
        }
    }

    private static async Task CheckAsync(TestFolder folder, RewriteRun run, bool commitLog, string where)
    {
        await using var commits = commitLog ? CommitLog.Open(new CommitLogOptions { Root = folder.Path }, out _) : null;
        await run.CheckAsync(TestVault.Store(folder, null, commits), where);
    }
}
