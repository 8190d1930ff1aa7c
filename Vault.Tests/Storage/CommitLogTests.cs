using Granary.Vault.Psmc.Verification;
using Granary.Vault.Storage;
using Granary.Vault.Storage.Files.Commits;
using Granary.Vault.Storage.Files.State;
using Granary.Vault.Tests.Support;

namespace Granary.Vault.Tests.Storage;

/// <summary>One log for many vaults: what it promises, and what it leaves alone.</summary>
public sealed class CommitLogTests : IDisposable
{
    private readonly TestFolder _folder = new();

    private string LogFolder => Path.Combine(_folder.Path, "commit-log");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_orderly_end_leaves_an_empty_log_and_whole_vaults()
    {
        await using (var commits = Open())
        {
            await TestVault.CreateAsync(_folder);
            await using var vault = await TestVault.OpenAsync(_folder, null, commits);
            await TestVault.AppendAsync(vault, 5);
        }
        Directory.EnumerateFiles(LogFolder, "*.log").ShouldBeEmpty();
        (await TestVault.VerifyAsync(_folder)).EventCount.ShouldBe(5);
    }

    [Fact]
    public async Task What_a_power_cut_took_from_the_files_comes_back_from_the_log()
    {
        await CrashAfterAsync(4);
        Truncate("events/events.ndjson", 10);
        Truncate("chain/chain.ndjson", 0);
        await using var commits = Open(out var findings);
        findings.ShouldHaveSingleItem().Rule.ShouldBe("commit-log.applied");
        (await VerifyAsync(commits)).ShouldSatisfyAllConditions(r => r.Findings.ShouldBeEmpty(), r => r.EventCount.ShouldBe(4));
    }

    [Fact]
    public async Task Zeros_where_pages_were_never_written_are_written_again()
    {
        await CrashAfterAsync(4);
        using (var file = File.Open(Path.Combine(_folder.Vault, "events", "events.ndjson"), FileMode.Open))
        {
            file.Position = 40;
            file.Write(new byte[200]);
        }
        await using var commits = Open();
        (await VerifyAsync(commits)).Findings.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_file_that_went_another_way_is_left_alone_and_the_log_is_kept()
    {
        await CrashAfterAsync(2);
        var events = Path.Combine(_folder.Vault, "events", "events.ndjson");
        await File.WriteAllTextAsync(events, "{\"somebody\":\"else\"}\n");
        await using var commits = Open(out var findings);
        findings.ShouldHaveSingleItem().Rule.ShouldBe("commit-log.diverged");
        (await File.ReadAllTextAsync(events)).ShouldBe("{\"somebody\":\"else\"}\n");
        Directory.EnumerateFiles(Path.Combine(LogFolder, "unapplied")).ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("vaults")]
    [InlineData("state")]
    [InlineData("vaults/notes/events")]
    public async Task What_is_behind_a_link_is_not_written_and_the_log_is_kept(string place)
    {
        if (OperatingSystem.IsWindows())
            return;
        await CrashAfterAsync(2);
        Truncate("events/events.ndjson", 10);
        var (path, real) = (Path.Combine(_folder.Path, place), Path.Combine(_folder.Path, "real"));
        Directory.Move(path, real);
        Directory.CreateSymbolicLink(path, real);
        await using var commits = Open(out var findings);
        findings.ShouldHaveSingleItem().Rule.ShouldBe("commit-log.link");
        new FileInfo(Path.Combine(_folder.Vault, "events", "events.ndjson")).Length.ShouldBe(10);
        Directory.EnumerateFiles(Path.Combine(LogFolder, "unapplied")).ShouldNotBeEmpty();
    }

    [Fact]
    public async Task A_vault_made_anew_under_the_name_gets_nothing_of_the_old_one()
    {
        await CrashAfterAsync(3);
        Directory.Delete(_folder.Vault, recursive: true);
        await TestVault.CreateAsync(_folder);
        await using var commits = Open(out var findings);
        findings.ShouldBeEmpty();
        (await VerifyAsync(commits)).EventCount.ShouldBe(0);
    }

    [Fact]
    public async Task A_deleted_vault_stays_deleted()
    {
        await CrashAfterAsync(3);
        Directory.Delete(_folder.Vault, recursive: true);
        await using var commits = Open(out var findings);
        findings.ShouldBeEmpty();
        Directory.Exists(_folder.Vault).ShouldBeFalse();
    }

    [Fact]
    public async Task Appends_of_many_vaults_share_an_fsync()
    {
        var files = new FaultyFileSystem();
        var flushes = 0;
        using var firstFlush = new ManualResetEventSlim();
        files.Fail = (operation, path) =>
        {
            if (operation == "flush" && path.EndsWith(".log", StringComparison.Ordinal) && Interlocked.Increment(ref flushes) == 1)
                firstFlush.Wait(TimeSpan.FromSeconds(20));
            return null;
        };
        await using var commits = CommitLog.Open(new CommitLogOptions { Root = _folder.Path, Files = files }, out _);
        var appends = Enumerable.Range(0, 33).Select(i => commits.AppendAsync(new Nobody(), [.. "record"u8, (byte)i])).ToList();
        firstFlush.Set();
        await Task.WhenAll(appends);
        flushes.ShouldBeLessThanOrEqualTo(3);
    }

    [Fact]
    public async Task A_full_disk_refuses_the_append_and_takes_back_what_was_written()
    {
        var files = new FaultyFileSystem();
        await using var commits = CommitLog.Open(new CommitLogOptions { Root = _folder.Path, Files = files }, out _);
        await TestVault.CreateAsync(_folder);
        await using var vault = await TestVault.OpenAsync(_folder, null, commits);
        await TestVault.AppendAsync(vault, 1);
        files.Fail = (operation, path) =>
            operation == "write" && path.EndsWith(".log", StringComparison.Ordinal) ? new IOException("No space left on device", 28) : null;
        var refused = await Should.ThrowAsync<VaultStorageException>(() => TestVault.AppendAsync(vault, 2));
        refused.Failure.ShouldBe(VaultStorageFailure.Refused);
        refused.Message.ShouldContain("disk is full");
        files.Fail = null;
        await TestVault.AppendAsync(vault, 1);
        var report = await new PsmcVerifier(vault.Log).RunAsync(null, null, default);
        report.ShouldSatisfyAllConditions(r => r.Findings.ShouldBeEmpty(), r => r.EventCount.ShouldBe(2));
    }

    [Fact]
    public async Task A_failed_fsync_is_an_unknown_outcome_and_the_vault_opens_again()
    {
        var files = new FaultyFileSystem();
        await using var commits = CommitLog.Open(new CommitLogOptions { Root = _folder.Path, Files = files }, out _);
        await TestVault.CreateAsync(_folder);
        await using (var vault = await TestVault.OpenAsync(_folder, null, commits))
        {
            await TestVault.AppendAsync(vault, 1);
            files.Fail = (operation, path) => operation == "flush" && path.EndsWith(".log", StringComparison.Ordinal) ? new IOException("I/O error", 5) : null;
            (await Should.ThrowAsync<VaultStorageException>(() => TestVault.AppendAsync(vault, 1))).Failure.ShouldBe(VaultStorageFailure.OutcomeUnknown);
            files.Fail = null;
            (await Should.ThrowAsync<VaultStorageException>(() => TestVault.AppendAsync(vault, 1))).Failure.ShouldBe(VaultStorageFailure.OutcomeUnknown);
        }
        await using var again = await TestVault.OpenAsync(_folder, null, commits);
        await TestVault.AppendAsync(again, 1);
        (await new PsmcVerifier(again.Log).RunAsync(null, null, default)).Findings.ShouldBeEmpty();
    }

    [Fact]
    public async Task Only_one_process_at_a_time_has_it()
    {
        await using var first = Open();
        var failure = Should.Throw<VaultStorageException>(() => Open());
        failure.Failure.ShouldBe(VaultStorageFailure.Locked);
        failure.Message.ShouldContain("one gateway at a time");
    }

    [Fact]
    public void A_torn_record_ends_the_log_and_everything_before_it_counts()
    {
        var whole = new CommitRecord("v", "s", "b", new AcknowledgedEnd(new LogHead(1, LogHead.ZeroHash), 0), [new CommitSection(CommitFile.Events, 7, "line\n"u8.ToArray())], "j"u8.ToArray());
        byte[] segment = [.. whole.Encode(), .. whole.Encode()];
        for (var cut = 0; cut < whole.Encode().Length; cut++)
        {
            var read = CommitRecord.DecodeAll(segment.AsMemory(0, segment.Length - cut)).ToList();
            read.Count.ShouldBe(cut == 0 ? 2 : 1);
            read[0].Sections[0].Bytes.ToArray().ShouldBe("line\n"u8.ToArray());
        }
    }

    private CommitLog Open() => Open(out _);

    private CommitLog Open(out IReadOnlyList<StorageFinding> findings) =>
        CommitLog.Open(new CommitLogOptions { Root = _folder.Path }, out findings);

    /// <summary>Appends, and dies before anything but the commit log was flushed.</summary>
    private async Task CrashAfterAsync(int count)
    {
        var files = new FaultyFileSystem();
        await TestVault.CreateAsync(_folder);
        var commits = CommitLog.Open(new CommitLogOptions { Root = _folder.Path, Files = files }, out _);
        var vault = await TestVault.OpenAsync(_folder, files, commits);
        for (var i = 0; i < count; i++)
            await TestVault.AppendAsync(vault, 1);
        files.CrashAt = files.Steps + 1;
        await vault.DisposeAsync();
        await commits.DisposeAsync();
    }

    private void Truncate(string file, long length)
    {
        using var stream = File.Open(Path.Combine(_folder.Vault, file), FileMode.Open);
        stream.SetLength(length);
    }

    private async Task<PsmcReport> VerifyAsync(CommitLog commits)
    {
        await using var vault = await TestVault.OpenAsync(_folder, null, commits);
        return await new PsmcVerifier(vault.Log).RunAsync(null, null, default);
    }

    private sealed class Nobody : ICommitted
    {
        public bool FlushFiles() => true;
    }
}
