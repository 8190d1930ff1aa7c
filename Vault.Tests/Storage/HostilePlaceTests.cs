using Granary.Vault.Psmc;
using Granary.Vault.Psmc.Events;
using Granary.Vault.Storage;
using Granary.Vault.Tests.Support;

namespace Granary.Vault.Tests.Storage;

/// <summary>No permission, no room, or somebody else there: a sentence for each, in either format, and the vault is as it was.</summary>
public sealed class HostilePlaceTests
{
    private static readonly Dictionary<string, Exception> Causes = new()
    {
        ["permission to write"] = new UnauthorizedAccessException(),
        ["disk is full"] = new IOException("no", 28),
        ["quota is used up"] = new IOException("no", 122),
        ["device reported an error"] = new IOException("no", 5),
    };

    public static TheoryData<string, string> FormatsAndCauses()
    {
        var data = new TheoryData<string, string>();
        foreach (var format in (string[])["psmc", "backpack"])
        {
            foreach (var sentence in Causes.Keys)
                data.Add(format, sentence);
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(FormatsAndCauses))]
    public async Task A_refused_append_says_why_and_leaves_nothing(string format, string sentence)
    {
        using var folder = new TestFolder();
        await CreateAsync(format, folder);
        var files = new FaultyFileSystem();
        await using (var log = await TestVault.Store(folder, files).OpenAsync(default))
        {
            var before = log.Head;
            files.Fail = Failing("write", "events.ndjson", sentence);
            await RefusedAsync(() => AppendAsync(format, log), sentence);
            log.Head.ShouldBe(before);
            files.Fail = null;
            await AppendAsync(format, log);
            log.Head.Count.ShouldBe(before.Count + 1);
        }
        await using var again = await TestVault.Store(folder).OpenAsync(default);
        (again.Findings.Count, again.Repairs.Count).ShouldBe((0, 0));
    }

    [Theory]
    [MemberData(nameof(FormatsAndCauses))]
    public async Task A_refused_document_says_why_and_the_old_one_stays(string format, string sentence)
    {
        using var folder = new TestFolder();
        await CreateAsync(format, folder);
        var files = new FaultyFileSystem();
        await using var log = await TestVault.Store(folder, files).OpenAsync(default);
        await log.WriteDocumentAsync(new VaultDocument("state/current_state.json", "old"u8.ToArray()), derived: false, default);
        files.Fail = Failing("write", "document.next", sentence);
        await RefusedAsync(() => log.WriteDocumentAsync(new VaultDocument("state/current_state.json", "new"u8.ToArray()), derived: false, default), sentence);
        (await log.ReadDocumentAsync("state/current_state.json", default))!.Value.ToArray().ShouldBe("old"u8.ToArray());
    }

    [Theory]
    [MemberData(nameof(FormatsAndCauses))]
    public async Task A_vault_that_cannot_be_made_says_why_and_can_be_made_later(string format, string sentence)
    {
        using var folder = new TestFolder();
        var files = new FaultyFileSystem { Fail = (_, _) => Causes[sentence] };
        await RefusedAsync(() => CreateAsync(format, folder, files), sentence);
        await CreateAsync(format, folder);
        await (await TestVault.Store(folder).OpenAsync(default)).DisposeAsync();
    }

    [Fact]
    public async Task A_redaction_for_which_there_is_no_room_changes_nothing()
    {
        using var folder = new TestFolder();
        await CreateAsync("backpack", folder);
        var files = new FaultyFileSystem();
        await using (var vault = await StoredBackpack.OpenAsync(TestVault.Store(folder, files)))
        {
            await vault.AppendAsync(3);
            var lines = await vault.LinesAsync();
            var redaction = await vault.RedactionAsync(3);
            files.Fail = Failing("write", "rewrite.next", "disk is full");
            await RefusedAsync(() => vault.Log.AppendAsync(vault.Log.Head, [redaction], default), "disk is full");
            (await vault.LinesAsync()).ShouldBe(lines);
            files.Fail = null;
            (await vault.Log.AppendAsync(vault.Log.Head, [redaction], default)).ShouldBeOfType<AppendOutcome.Appended>();
        }
        await using var again = await StoredBackpack.OpenAsync(TestVault.Store(folder));
        (again.Log.Head.Count, again.Log.Findings.Count).ShouldBe((6, 0));
    }

    [Theory]
    [InlineData("psmc")]
    [InlineData("backpack")]
    public async Task A_second_opener_is_told_that_there_is_one_and_gets_its_turn(string format)
    {
        using var folder = new TestFolder();
        await CreateAsync(format, folder);
        await using (await TestVault.Store(folder).OpenAsync(default))
        {
            var failure = await Should.ThrowAsync<VaultStorageException>(() => TestVault.Store(folder).OpenAsync(default));
            (failure.Failure, failure.Message.Contains("one writer", StringComparison.Ordinal)).ShouldBe((VaultStorageFailure.Locked, true));
        }
        await (await TestVault.Store(folder).OpenAsync(default)).DisposeAsync();
    }

    private static Task CreateAsync(string format, TestFolder folder, FaultyFileSystem? files = null)
    {
        using var key = Fixture.Key("psmc_active");
        return format == "psmc"
            ? TestVault.Store(folder, files).CreateAsync(PsmcVault.NewBirth(key, TestVault.Time), default)
            : StoredBackpack.CreateAsync(TestVault.Store(folder, files));
    }

    private static async Task AppendAsync(string format, IVaultLog log)
    {
        if (format == "backpack")
        {
            await StoredBackpack.Over(log).AppendAsync(1);
            return;
        }
        using var key = Fixture.Key("psmc_active");
        var builder = new PsmcEntryBuilder(key);
        var prepared = PreparedEvent.Create("note", "{}"u8, null, emitBridge: false);
        (await log.AppendAsync(log.Head, [builder.Build(prepared, log.Head, Guid.NewGuid(), TestVault.Time, null).Entry], default)).ShouldBeOfType<AppendOutcome.Appended>();
    }

    private static Func<string, string, Exception?> Failing(string operation, string file, string sentence) =>
        (what, path) => what == operation && path.EndsWith(file, StringComparison.Ordinal) ? Causes[sentence] : null;

    private static async Task RefusedAsync(Func<Task> work, string sentence)
    {
        var failure = await Should.ThrowAsync<VaultStorageException>(work);
        (failure.Failure, failure.Message.Contains(sentence, StringComparison.Ordinal)).ShouldBe((VaultStorageFailure.Refused, true), failure.Message);
    }
}
