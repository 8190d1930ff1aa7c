using System.Text;
using Granary.Vault.Backpack;
using Granary.Vault.Backpack.Changes;
using Granary.Vault.Backpack.Events;
using Granary.Vault.Canonical;
using Granary.Vault.Checkpoints;
using Granary.Vault.Reducer;
using Granary.Vault.Storage;
using Granary.Vault.Storage.Files;
using Granary.Vault.Storage.Files.Commits;
using Granary.Vault.Tests.Support;
using Granary.Vault.Verification;
using Granary.Vault.Verification.Checks;

namespace Granary.Vault.Tests.Backpack;

/// <summary>What a redaction erases is nowhere any more: not in a checkpoint, the saved state, an index or the log of commits, wherever the process dies.</summary>
public sealed class ErasureTests
{
    private const string Secret = "secret-7731";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task From_the_step_that_decides_no_file_says_it_any_more(bool powerCut)
    {
        using var template = new TestFolder();
        var target = await FillAsync(template);
        FilesThatSayIt(template).Count().ShouldBe(4);
        for (var step = 1; ; step++)
        {
            using var folder = new TestFolder();
            FolderSetup.Copy(template.Vault, folder.Vault);
            var files = new FaultyFileSystem { CrashAt = step };
            var finished = await RedactAsync(folder, files, target);
            if (powerCut)
                files.LosePower();
            if (IsErased(folder))
                FilesThatSayIt(folder).ShouldBeEmpty($"step {step}");
            await (await FolderSetup.OpenAsync(folder)).DisposeAsync();
            (await VaultVerifier.RunFolderAsync(folder.Vault, new VerificationOptions(), null, default)).Valid.ShouldBeTrue($"step {step}");
            FilesThatSayIt(folder).Count().ShouldBeLessThanOrEqualTo(IsErased(folder) ? 0 : 4, $"step {step}");
            if (!finished)
                continue;
            step.ShouldBeGreaterThan(20, "a redaction has that many steps at least");
            await CheckRenewedAsync(folder);
            return;
        }
    }

    [Fact]
    public async Task A_checkpoint_that_another_program_left_behind_a_redaction_goes_when_the_vault_is_opened()
    {
        using var folder = new TestFolder();
        var target = await FillAsync(folder);
        var old = Directory.GetFiles(Path.Combine(folder.Vault, Checkpoint.Folder)).Single();
        var content = await File.ReadAllBytesAsync(old);
        (await RedactAsync(folder, new FaultyFileSystem(), target)).ShouldBeTrue();
        await File.WriteAllBytesAsync(old, content);
        FilesThatSayIt(folder).ShouldHaveSingleItem();
        await (await FolderSetup.OpenAsync(folder)).DisposeAsync();
        FilesThatSayIt(folder).ShouldBeEmpty();
        (await VaultVerifier.RunFolderAsync(folder.Vault, new VerificationOptions(), null, default)).ShouldSatisfyAllConditions(r => r.Errors.ShouldBe(0), r => r.Warnings.ShouldBe(0));
        await CheckRenewedAsync(folder);
    }

    [Fact]
    public async Task The_log_of_all_vaults_does_not_keep_it_either()
    {
        using var folder = new TestFolder();
        await using var commits = CommitLog.Open(new CommitLogOptions { Root = folder.Path, CheckpointAfter = Timeout.InfiniteTimeSpan }, out _);
        await using var vault = await StoredBackpack.NewAsync(TestVault.Store(folder, null, commits));
        await vault.AppendAsync(3);
        var value = ValueOf(await vault.LineAsync(3));
        FilesThatSayIt(folder, value).Count().ShouldBe(2);
        (await vault.Log.AppendAsync(vault.Log.Head, [await vault.RedactionAsync(3)], default)).ShouldBeOfType<AppendOutcome.Appended>();
        FilesThatSayIt(folder, value).ShouldBeEmpty();
        await vault.AppendAsync(1);
    }

    [Fact]
    public async Task Without_a_checkpoint_none_is_made()
    {
        using var folder = new TestFolder();
        var target = await FolderSetup.FillAsync(folder);
        (await RedactAsync(folder, new FaultyFileSystem(), target)).ShouldBeTrue();
        Directory.Exists(Path.Combine(folder.Vault, Checkpoint.Folder)).ShouldBeFalse();
        File.Exists(Path.Combine(folder.Vault, "state", "current_state.json")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_vault_in_use_may_lack_what_its_manifest_lists_of_them_and_a_vault_at_rest_may_not()
    {
        using var folder = new TestFolder();
        await FillAsync(folder);
        File.Delete(Directory.GetFiles(Path.Combine(folder.Vault, Checkpoint.Folder)).Single());
        (await VaultVerifier.RunFolderAsync(folder.Vault, new VerificationOptions { ManifestMayLag = true }, null, default)).Valid.ShouldBeTrue();
        (await VaultVerifier.RunFolderAsync(folder.Vault, new VerificationOptions(), null, default)).Findings.ShouldContain(finding => finding.Rule == "manifest.missing");
    }

    /// <summary>A vault whose checkpoint, saved state and index repeat what an event says.</summary>
    private static async Task<string> FillAsync(TestFolder folder)
    {
        await FolderSetup.CreateAsync(folder);
        await using var opened = await FolderSetup.OpenAsync(folder);
        var vault = opened.Vault;
        var target = await ObserveAsync(vault, "door", Secret);
        await ObserveAsync(vault, "window", "open");
        using var reducer = new LogReducer(BackpackFormat.View);
        await reducer.CatchUpAsync(vault.Log, null, default);
        using var state = new PooledBuffer();
        reducer.State.WriteState(state);
        var checkpoint = Checkpoint.Write(reducer.State, vault.FindPrivateKey(vault.PublicKey.KeyId)!, TestBackpack.Time.GetUtcNow(), null);
        VaultDocument[] copies =
        [
            checkpoint, new("state/current_state.json", state.Written.ToArray()), new(".index/events.db", Encoding.UTF8.GetBytes($"SQLite format 3\0{Secret}")),
        ];
        foreach (var document in copies)
            await vault.Log.WriteDocumentAsync(document, derived: false, default);
        await vault.WriteSealPointAsync(TestBackpack.Time, default);
        return target.EventId;
    }

    private static Task<BuiltBackpackEvent> ObserveAsync(BackpackVault vault, string subject, string value) => vault.AppendAsync(
        PreparedBackpackEvent.Create("OBSERVATION", Encoding.UTF8.GetBytes($$"""{"predicate":"is","subject":"{{subject}}","value":"{{value}}"}"""), "agent_a"),
        TestBackpack.Time.GetUtcNow(),
        default);

    private static async Task<bool> RedactAsync(TestFolder folder, FaultyFileSystem files, string target)
    {
        BackpackFolder? opened = null;
        try
        {
            opened = await FolderSetup.OpenAsync(folder, files);
            var change = await Redaction.PlanAsync(opened.Vault, new RedactionRequest(target, "GDPR_ERASURE"), TestBackpack.Time.GetUtcNow(), default);
            await opened.Vault.ApplyAsync(change, TestBackpack.Time, default);
            await opened.DisposeAsync();
            return true;
        }
        catch (Exception failure) when (IsCrash(failure))
        {
            await CloseAsync(opened);
            return false;
        }
    }

    /// <summary>A process that died holds no lock any more.</summary>
    private static async Task CloseAsync(BackpackFolder? opened)
    {
        try
        {
            if (opened is not null)
                await opened.DisposeAsync();
        }
        catch (Exception failure) when (IsCrash(failure))
        {
        }
    }

    private static bool IsCrash(Exception failure) => failure is SimulatedCrashException || failure.InnerException is SimulatedCrashException;

    private static bool IsErased(TestFolder folder) => !Says(Path.Combine(folder.Vault, "events", "events.ndjson"), Secret);

    private static IEnumerable<string> FilesThatSayIt(TestFolder folder, string what = Secret) =>
        Directory.EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories).Where(path => Path.GetFileName(path) != "lock" && Says(path, what));

    private static bool Says(string path, string what)
    {
        using var file = File.Open(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var content = new MemoryStream();
        file.CopyTo(content);
        return content.ToArray().AsSpan().IndexOf(Encoding.UTF8.GetBytes(what)) >= 0;
    }

    private static string ValueOf(ReadOnlySpan<byte> line)
    {
        CanonicalObject.TryGet(new BackpackEvent(line).Payload, "value"u8, out var value).ShouldBeTrue();
        return JsonString.Read(value);
    }

    /// <summary>There are a checkpoint and a saved state of the log as it is.</summary>
    private static async Task CheckRenewedAsync(TestFolder folder)
    {
        using var reader = FolderReader.Open(folder.Vault);
        using var replayed = new LogReducer(BackpackFormat.View);
        await replayed.CatchUpAsync(reader, null, default);
        using var state = new PooledBuffer();
        replayed.State.WriteHashedState(state);
        var checkpoint = await reader.ReadDocumentAsync(Checkpoint.NameOf(reader.Count(LogStream.Events)), default);
        checkpoint!.Value.Span.IndexOf(state.Written).ShouldBeGreaterThan(0);
        Encoding.UTF8.GetString((await reader.ReadDocumentAsync("state/current_state.json", default))!.Value.Span).ShouldContain("window:is");
    }
}
