using System.Text;
using Granary.Vault.Backpack;
using Granary.Vault.Checkpoints;
using Granary.Vault.Keys;
using Granary.Vault.Storage;
using Granary.Vault.Tests.Backpack;
using Granary.Vault.Tests.Support;

namespace Granary.Vault.Tests.Checkpoints;

/// <summary>A state that is kept beside a vault is gone on from, or refused with a reason, and then replayed.</summary>
public sealed class StateResumerTests : IDisposable
{
    private readonly SigningKey _key = Fixture.Key("root");

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(11)]
    public async Task Resuming_gives_the_state_of_a_full_replay(int at)
    {
        var log = new LinesReader(SampleEvents.Of("sample-vault-strict"));
        Keep(log, at);
        var resumed = await ResumeAsync(log);
        resumed.Refusal.ShouldBeNull();
        resumed.Reducer.Position.ShouldBe(at);
        await resumed.Reducer.CatchUpAsync(log, null, default);
        resumed.Reducer.State.StateHash().ShouldBe("13efd27e2c6a1370013871e84190414ac73552e235b8e675e00be4cd5d3f423b");
    }

    [Fact]
    public async Task A_state_of_several_parts_is_put_together_again()
    {
        var value = new string('x', 200_000);
        byte[][] lines = [.. Enumerable.Range(0, 60).Select(i => Event(i, $$"""{"confidence":0.9,"predicate":"p","subject":"s{{i % 7}}","value":"{{i}} {{value}}"}"""))];
        var log = new LinesReader(lines);
        Keep(log, 50).ShouldBeGreaterThan(2);
        var resumed = await ResumeAsync(log);
        resumed.Reducer.Position.ShouldBe(50);
        await resumed.Reducer.CatchUpAsync(log, null, default);
        using var whole = SampleEvents.Reduce(lines, BackpackFormat.View);
        resumed.Reducer.State.StateHash().ShouldBe(whole.StateHash());
    }

    [Fact]
    public async Task Disputes_after_resuming_show_the_evidence_from_before()
    {
        byte[][] lines = [.. Enumerable.Range(0, 6).Select(i => Event(i, $$"""{"confidence":0.9,"predicate":"p","subject":"s","value":{{i / 2}}}"""))];
        var log = new LinesReader(lines);
        Keep(log, 2);
        var resumed = await ResumeAsync(log);
        await resumed.Reducer.CatchUpAsync(log, null, default);
        using var whole = SampleEvents.Reduce(lines, BackpackFormat.View);
        resumed.Reducer.State.StateHash().ShouldBe(whole.StateHash());
    }

    [Fact]
    public async Task Where_none_is_kept_the_log_is_replayed_without_complaint()
    {
        var resumed = await ResumeAsync(new LinesReader(SampleEvents.Of("sample-vault-strict")));
        resumed.Reducer.Position.ShouldBe(0);
        resumed.Refusal.ShouldBeNull();
    }

    [Fact]
    public async Task One_whose_last_event_moved_in_a_merge_of_older_events_is_refused()
    {
        var lines = SampleEvents.Of("sample-vault-strict");
        var log = new LinesReader([lines[0], Event(99, "{}"), .. lines[1..]]);
        Keep(log, 8, of: lines);
        await IsRefusedAsync(log, "older events were merged in since");
    }

    [Fact]
    public async Task One_beyond_the_end_of_the_log_is_refused()
    {
        var lines = SampleEvents.Of("sample-vault-strict");
        var log = new LinesReader(lines[..4]);
        Keep(log, 8, of: lines);
        await IsRefusedAsync(log, "the log ends at 4");
    }

    [Fact]
    public async Task One_signed_by_a_key_that_does_not_count_is_refused()
    {
        var log = new LinesReader(SampleEvents.Of("sample-vault-strict"));
        using var stranger = SigningKey.Generate();
        Keep(log, 8, stranger);
        await IsRefusedAsync(log, "is not an active key");
    }

    [Theory]
    [InlineData("\"parts\":2", "\"parts\":1")]
    [InlineData("\"position\":8", "\"position\":7")]
    [InlineData("2026-01-05", "2026-01-06")]
    public async Task One_that_was_changed_is_refused(string from, string to)
    {
        var log = new LinesReader(SampleEvents.Of("sample-vault-strict"));
        Keep(log, 8);
        var text = Encoding.UTF8.GetString(log.Documents[ResumePoint.Name]);
        text.ShouldContain(from);
        log.Documents[ResumePoint.Name] = Encoding.UTF8.GetBytes(text.Replace(from, to, StringComparison.Ordinal));
        await IsRefusedAsync(log, "signature is not that of key");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task One_whose_parts_were_changed_is_refused(int part)
    {
        var log = new LinesReader(SampleEvents.Of("sample-vault-strict"));
        Keep(log, 8);
        log.Documents[ResumePoint.PartName(part)][^1] ^= 1;
        await IsRefusedAsync(log, "not those that were signed");
    }

    [Fact]
    public async Task One_that_lacks_a_part_is_refused()
    {
        var log = new LinesReader(SampleEvents.Of("sample-vault-strict"));
        Keep(log, 8);
        log.Documents.Remove(ResumePoint.PartName(1));
        await IsRefusedAsync(log, "part 1 is missing");
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"position\":1")]
    [InlineData("{\"version\":0}")]
    public async Task What_is_no_such_document_is_refused(string text)
    {
        var log = new LinesReader(SampleEvents.Of("sample-vault-strict"));
        log.Documents[ResumePoint.Name] = Encoding.UTF8.GetBytes(text);
        await IsRefusedAsync(log, "was not used. ");
    }

    [Fact]
    public async Task A_redaction_since_makes_the_state_start_again_without_what_is_gone()
    {
        byte[][] lines = [Event(0, """{"confidence":0.9,"predicate":"p","subject":"s","value":1}"""), Event(1, """{"confidence":0.9,"predicate":"q","subject":"s","value":1}""")];
        var log = new LinesReader(lines);
        Keep(log, 2);
        log.Lines[0] = Event(0, """{"redacted":true}""");
        log.Lines.Add(Encoding.UTF8.GetBytes("""{"actor":"r","event_id":"evt_r","payload":{"target_event_id":"evt_0"},"prev_event_hash":null,"type":"com.provara.redaction"}"""));
        var resumed = await ResumeAsync(log);
        await resumed.Reducer.CatchUpAsync(log, null, default);
        using var whole = SampleEvents.Reduce([.. log.Lines], BackpackFormat.View);
        resumed.Reducer.State.StateHash().ShouldBe(whole.StateHash());
        resumed.Reducer.IsStale.ShouldBeFalse();
    }

    [Fact]
    public async Task A_later_state_stays_and_of_a_larger_or_a_dropped_one_nothing_remains()
    {
        using var folder = new TestFolder();
        await TestVault.FillAsync(folder, 3);
        await using var vault = await TestVault.OpenAsync(folder);
        var head = vault.Log.Head;
        await ResumePoint.KeepAsync(vault.Log, [Part(0, "large"), Part(1, "larger"), new VaultDocument(ResumePoint.Name, "first"u8.ToArray())], head, default);
        await ResumePoint.KeepAsync(vault.Log, [Part(0, "small"), new VaultDocument(ResumePoint.Name, "second"u8.ToArray())], head, default);
        await ResumePoint.KeepAsync(vault.Log, [Part(0, "old"), new VaultDocument(ResumePoint.Name, "third"u8.ToArray())], head with { Count = 1 }, default);
        (await TextAsync(ResumePoint.Name)).ShouldBe("second");
        (await TextAsync(ResumePoint.PartName(0))).ShouldBe("small");
        (await TextAsync(ResumePoint.PartName(1))).ShouldBe("");

        await ResumePoint.DropAsync(vault.Log, default);
        (await TextAsync(ResumePoint.Name)).ShouldBe("");
        (await TextAsync(ResumePoint.PartName(0))).ShouldBe("");

        async Task<string> TextAsync(string name) => Encoding.UTF8.GetString((await vault.Log.ReadBesideAsync(name, default))!.Value.Span);
    }

    public void Dispose() => _key.Dispose();

    private static VaultDocument Part(int number, string text) => new(ResumePoint.PartName(number), Encoding.UTF8.GetBytes(text));

    private static byte[] Event(int number, string payload) =>
        Encoding.UTF8.GetBytes($$"""{"actor":"a","event_id":"evt_{{number}}","payload":{{payload}},"prev_event_hash":null,"type":"OBSERVATION"}""");

    private PublicKey? Find(string keyId) => keyId == _key.PublicKey.KeyId ? _key.PublicKey : null;

    private Task<ResumedState> ResumeAsync(LinesReader log) =>
        new StateResumer(log, log.ReadDocumentAsync, BackpackFormat.Instance, BackpackFormat.View, Find).ResumeAsync(default);

    /// <summary>Keeps the state of so many events; returns how many parts it has.</summary>
    private int Keep(LinesReader log, int count, SigningKey? key = null, IReadOnlyList<byte[]>? of = null)
    {
        var lines = of ?? log.Lines;
        using var state = SampleEvents.Reduce(lines.Take(count), BackpackFormat.View);
        var hash = LogHead.ZeroHash;
        if (count > 0)
            BackpackFormat.Instance.Check(count - 1, lines[count - 1], default, out hash);
        var documents = ResumePoint.Write(state, new LogHead(count, hash), key ?? _key, TestVault.Time);
        foreach (var document in documents)
            log.Documents[document.Name] = document.Content.ToArray();
        return documents.Count - 1;
    }

    private async Task IsRefusedAsync(LinesReader log, string reason)
    {
        var resumed = await ResumeAsync(log);
        resumed.Refusal.ShouldNotBeNull().ShouldContain(reason);
        resumed.Reducer.Position.ShouldBe(0);
        resumed.Point.ShouldBeNull();
    }
}
