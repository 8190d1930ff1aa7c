using System.Text;
using Granary.Vault.Psmc;
using Granary.Vault.Psmc.Bridge;
using Granary.Vault.Psmc.Events;
using Granary.Vault.Storage;
using Granary.Vault.Tests.Support;

namespace Granary.Vault.Tests.Storage.Contract;

public abstract partial class VaultStoreContract
{
    [Fact]
    public async Task Pages_of_any_size_give_every_line_of_every_stream_once()
    {
        using var place = NewPlace();
        await using var vault = await OpenAsync(place);
        var bridge = await PsmcBridge.LoadAsync(vault.Log, default);
        var entries = new List<LogEntry>();
        foreach (var (count, bridged) in ((int, bool)[])[(700, false), (600, true), (1000, true), (300, false)])
            entries.AddRange(await TestVault.AppendAsync(vault, count, null, bridged ? bridge : null));
        foreach (var size in (int[])[7, 333, 1024, 5000])
        {
            (await ReadAllAsync(vault.Log, LogStream.Events, size, 10_000)).ShouldBe(Texts(entries.Select(entry => entry.Event)));
            (await ReadAllAsync(vault.Log, LogStream.Chain, size, 100_000)).ShouldBe(Texts(entries.Select(entry => entry.Chain)));
            (await ReadAllAsync(vault.Log, LogStream.Bridge, size, 1 << 20)).ShouldBe(Texts(entries.Where(entry => !entry.Bridge.IsEmpty).Select(entry => entry.Bridge)));
        }
        (await VerifyAsync(vault)).ShouldSatisfyAllConditions(report => report.Findings.ShouldBeEmpty(), report => report.EventCount.ShouldBe(2600));
    }

    [Fact]
    public async Task A_page_keeps_its_bounds_and_never_comes_empty_before_the_end()
    {
        using var place = NewPlace();
        await using var vault = await OpenAsync(place);
        foreach (var size in (int[])[10, 300_000, 10, 10, 900_000, 10, 300_000])
        {
            var prepared = PreparedEvent.Create("note", Encoding.UTF8.GetBytes($$"""{"text":"{{new string('x', size)}}"}"""), null, false);
            var built = vault.Builder.Build(prepared, vault.Log.Head, Guid.NewGuid(), TestVault.Time, null);
            (await vault.Log.AppendAsync(vault.Log.Head, [built.Entry], default)).ShouldBeOfType<AppendOutcome.Appended>();
        }
        foreach (var (from, maxLines, maxBytes, expected) in ((int, int, int, int)[])[(0, 1, 1, 1), (1, 9, 100, 1), (0, 3, 1 << 30, 3), (2, 9, 10_000, 2), (4, 9, 1_000_000, 2), (7, 9, 10, 0), (99, 9, 10, 0), (0, 0, 10, 0)])
        {
            var page = await vault.Log.ReadAsync(LogStream.Events, from, maxLines, maxBytes, default);
            page.Position.ShouldBe(from);
            // A store may give less than fits, never nothing.
            page.Lines.Count.ShouldBeInRange(Math.Min(1, expected), expected);
        }
    }

    [Fact]
    public async Task A_tail_reader_wakes_with_the_commit()
    {
        using var place = NewPlace();
        await using var vault = await FillAsync(place, 2);
        await vault.Log.WaitBeyondAsync(1, default);
        var waiting = vault.Log.WaitBeyondAsync(2, default);
        waiting.IsCompleted.ShouldBeFalse();
        await TestVault.AppendAsync(vault, 1);
        await waiting.WaitAsync(TimeSpan.FromSeconds(30));
        (await vault.Log.ReadAsync(LogStream.Events, 2, 10, 1 << 20, default)).Lines.Count.ShouldBe(1);
        using var cancelled = new CancellationTokenSource();
        var never = vault.Log.WaitBeyondAsync(3, cancelled.Token);
        await cancelled.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => never);
    }

    [Fact]
    public async Task A_tail_reader_elsewhere_follows_where_several_may_open()
    {
        using var place = NewPlace();
        if (!place.ManyOpeners)
            return;
        await using var writer = await FillAsync(place, 1);
        await using var reader = await PsmcVault.OpenAsync(place.Store(), default);
        var read = new List<string>();
        var tailing = Task.Run(async () =>
        {
            for (long at = 0; at < 40;)
            {
                await reader.Log.WaitBeyondAsync(at, default);
                var page = await reader.Log.ReadAsync(LogStream.Events, at, 100, 1 << 20, default);
                read.AddRange(Texts(page.Lines));
                at = page.Next;
            }
        });
        for (var i = 0; i < 13; i++)
            await TestVault.AppendAsync(writer, 3);
        await tailing.WaitAsync(TimeSpan.FromSeconds(60));
        read.ShouldBe(await ReadAllAsync(writer.Log, LogStream.Events, 100, 1 << 20));
    }

    [Fact]
    public async Task Documents_are_replaced_whole_listed_by_folder_and_missing_ones_are_null()
    {
        using var place = NewPlace();
        await using (var vault = await OpenAsync(place))
        {
            (await vault.Log.ReadDocumentAsync("keys/retired/a.pem", default)).ShouldBeNull();
            (await vault.Log.ListDocumentsAsync("keys/retired", default)).ShouldBeEmpty();
            await vault.Log.WriteDocumentAsync(new VaultDocument("keys/retired/b.pem", "second"u8.ToArray(), Secret: true), derived: false, default);
            await vault.Log.WriteDocumentAsync(new VaultDocument("keys/retired/a.pem", "a longer first text"u8.ToArray()), derived: false, default);
            await vault.Log.WriteDocumentAsync(new VaultDocument("keys/retired/a.pem", "first"u8.ToArray()), derived: false, default);
            await vault.Log.WriteDocumentAsync(new VaultDocument("state/current_state.json", default), derived: true, default);
        }
        await using var again = await PsmcVault.OpenAsync(place.Store(), default);
        (await again.Log.ListDocumentsAsync("keys/retired", default)).ShouldBe(["keys/retired/a.pem", "keys/retired/b.pem"]);
        (await again.Log.ListDocumentsAsync("keys", default)).ShouldBe(["keys/active.pem", "keys/active.pub.pem"]);
        (await DocumentAsync(again, "keys/retired/a.pem")).ShouldBe("first");
        (await DocumentAsync(again, "keys/retired/b.pem")).ShouldBe("second");
        (await DocumentAsync(again, "state/current_state.json")).ShouldBe("");
    }

    [Fact]
    public async Task Reads_go_on_beside_appends()
    {
        using var place = NewPlace();
        await using var vault = await FillAsync(place, 50);
        using var done = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 3).Select(_ => Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
            {
                var head = await vault.Log.RefreshAsync(default);
                (await ReadAllAsync(vault.Log, LogStream.Events, 200, 1 << 20)).Count.ShouldBeGreaterThanOrEqualTo((int)head.Count);
            }
        })).ToList();
        for (var i = 0; i < 60; i++)
            await TestVault.AppendAsync(vault, 2);
        await done.CancelAsync();
        await Task.WhenAll(readers);
        vault.Log.Head.Count.ShouldBe(170);
        vault.Log.Findings.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_deleted_document_is_gone_whether_it_was_secret_or_not()
    {
        using var place = NewPlace();
        await using (var vault = await OpenAsync(place))
        {
            foreach (var secret in (bool[])[false, true])
                await vault.Log.WriteDocumentAsync(new VaultDocument($"checkpoints/{secret}.chk", "state"u8.ToArray(), secret), derived: false, default);
            await vault.Log.WriteDocumentAsync(new VaultDocument("checkpoints/kept.chk", "kept"u8.ToArray()), derived: false, default);
            foreach (var name in (string[])["checkpoints/False.chk", "checkpoints/True.chk", "checkpoints/none.chk", "nowhere/none"])
                await vault.Log.DeleteDocumentAsync(name, default);
        }
        await using var again = await PsmcVault.OpenAsync(place.Store(), default);
        (await again.Log.ListDocumentsAsync("checkpoints", default)).ShouldBe(["checkpoints/kept.chk"]);
        (await again.Log.ReadDocumentAsync("checkpoints/True.chk", default)).ShouldBeNull();
    }

    private static async Task<string> DocumentAsync(PsmcVault vault, string name) =>
        Encoding.UTF8.GetString((await vault.Log.ReadDocumentAsync(name, default)).ShouldNotBeNull().Span);

    private static List<string> Texts(IEnumerable<ReadOnlyMemory<byte>> lines) => [.. lines.Select(line => Encoding.UTF8.GetString(line.Span))];

    private static async Task<List<string>> ReadAllAsync(IVaultLog log, LogStream stream, int size, int bytes)
    {
        var read = new List<string>();
        for (long at = 0; at < log.Count(stream);)
        {
            var page = await log.ReadAsync(stream, at, size, bytes, default);
            page.Position.ShouldBe(at);
            page.Lines.Count.ShouldBeInRange(1, size);
            read.AddRange(Texts(page.Lines));
            at = page.Next;
        }
        return read;
    }
}
