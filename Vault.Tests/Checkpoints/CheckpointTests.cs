using System.Text;
using Granary.Vault.Backpack;
using Granary.Vault.Canonical;
using Granary.Vault.Checkpoints;
using Granary.Vault.Keys;
using Granary.Vault.Psmc;
using Granary.Vault.Reducer;
using Granary.Vault.Storage;
using Granary.Vault.Tests.Backpack;
using Granary.Vault.Tests.Support;

namespace Granary.Vault.Tests.Checkpoints;

public sealed class CheckpointTests : IDisposable
{
    private readonly SigningKey _key = Fixture.Key("root");

    [Fact]
    public void Without_what_resuming_needs_it_is_the_reference_s_byte_for_byte()
    {
        var expected = Fixture.Read("checkpoint/0000000008.chk");
        var sample = SignedCheckpoint.Read(expected, Find);
        PsmcTimestamp.TryParse(sample.SignedAt, out var time).ShouldBeTrue();
        using var state = Reduce(SampleEvents.Of("sample-vault"), EventViews.Backpack);
        var written = Checkpoint.Write(state, _key, time, sample.MerkleRoot, null);
        written.Name.ShouldBe("checkpoints/0000000008.chk");
        Encoding.UTF8.GetString(written.Content.Span).ShouldBe(Encoding.UTF8.GetString(expected));
        sample.EventCount.ShouldBe(8);
        sample.Head.ShouldBeNull();
    }

    [Fact]
    public void That_of_a_psmc_vault_too()
    {
        var expected = Fixture.Read("sample-psmc-vault/checkpoints/0000000006.chk");
        using var key = Fixture.Key("psmc_rotated");
        var sample = SignedCheckpoint.Read(expected, id => id == key.PublicKey.KeyId ? key.PublicKey : null);
        PsmcTimestamp.TryParse(sample.SignedAt, out var time).ShouldBeTrue();
        using var state = Reduce(SampleEvents.Of("sample-psmc-vault"), EventViews.Psmc);
        Encoding.UTF8.GetString(Checkpoint.Write(state, key, time, null, null).Content.Span).ShouldBe(Encoding.UTF8.GetString(expected));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(11)]
    public async Task Resuming_gives_the_state_of_a_full_replay(int at)
    {
        var log = new LinesReader(SampleEvents.Of("sample-vault-strict"));
        log.Documents[Checkpoint.NameOf(at)] = Write(log, at);
        var resumed = await Resumer(log).ResumeAsync(default);
        resumed.Refusals.ShouldBeEmpty();
        resumed.Reducer.Position.ShouldBe(at);
        resumed.Checkpoint!.Parts["chains"].ShouldBe("opaque"u8.ToArray());
        await resumed.Reducer.CatchUpAsync(log, null, default);
        resumed.Reducer.State.StateHash().ShouldBe("13efd27e2c6a1370013871e84190414ac73552e235b8e675e00be4cd5d3f423b");
    }

    [Fact]
    public async Task Disputes_after_resuming_show_the_evidence_from_before()
    {
        byte[][] lines = [.. Enumerable.Range(0, 6).Select(i => Event(i, $$"""{"confidence":0.9,"predicate":"p","subject":"s","value":{{i / 2}}}"""))];
        var log = new LinesReader(lines);
        log.Documents[Checkpoint.NameOf(2)] = Write(log, 2);
        var resumed = await Resumer(log).ResumeAsync(default);
        await resumed.Reducer.CatchUpAsync(log, null, default);
        using var whole = Reduce(lines, EventViews.Backpack);
        resumed.Reducer.State.StateHash().ShouldBe(whole.StateHash());
    }

    [Fact]
    public async Task One_without_evidence_costs_a_replay()
    {
        var log = new LinesReader(SampleEvents.Of("sample-vault"));
        log.Documents["checkpoints/0000000008.chk"] = Fixture.Read("checkpoint/0000000008.chk");
        await IsRefusedAsync(log, "holds no evidence");
    }

    [Fact]
    public async Task One_whose_last_event_moved_in_a_merge_of_older_events_is_refused()
    {
        var lines = SampleEvents.Of("sample-vault-strict");
        var checkpoint = Write(new LinesReader(lines), 8);
        var log = new LinesReader([lines[0], Event(99, "{}"), .. lines[1..]]);
        log.Documents[Checkpoint.NameOf(8)] = checkpoint;
        await IsRefusedAsync(log, "older events were merged in since");
    }

    [Fact]
    public async Task One_beyond_the_end_of_the_log_is_refused()
    {
        var lines = SampleEvents.Of("sample-vault-strict");
        var log = new LinesReader(lines[..4]);
        log.Documents[Checkpoint.NameOf(8)] = Write(new LinesReader(lines), 8);
        await IsRefusedAsync(log, "the log ends at 4");
    }

    [Fact]
    public async Task One_signed_by_a_key_that_does_not_count_is_refused()
    {
        var log = new LinesReader(SampleEvents.Of("sample-vault-strict"));
        using var stranger = SigningKey.Generate();
        log.Documents[Checkpoint.NameOf(8)] = Write(log, 8, stranger);
        await IsRefusedAsync(log, "is not an active key");
    }

    [Theory]
    [InlineData("\"event_count\":8", "\"event_count\":9")]
    [InlineData("\"position\":8", "\"position\":7")]
    [InlineData("\"confidence\":1.0", "\"confidence\":0.9")]
    public async Task One_that_was_changed_is_refused(string from, string to)
    {
        var log = new LinesReader(SampleEvents.Of("sample-vault-strict"));
        var text = Encoding.UTF8.GetString(Write(log, 8));
        text.ShouldContain(from);
        log.Documents[Checkpoint.NameOf(8)] = Encoding.UTF8.GetBytes(text.Replace(from, to, StringComparison.Ordinal));
        await IsRefusedAsync(log, "signature is not that of key");
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"event_count\":1")]
    public async Task What_is_no_checkpoint_is_refused(string text)
    {
        var log = new LinesReader(SampleEvents.Of("sample-vault-strict"));
        log.Documents[Checkpoint.NameOf(8)] = Encoding.UTF8.GetBytes(text);
        await IsRefusedAsync(log, "It ");
    }

    [Fact]
    public async Task The_youngest_that_can_be_used_is_used()
    {
        var log = new LinesReader(SampleEvents.Of("sample-vault-strict"));
        log.Documents[Checkpoint.NameOf(3)] = Write(log, 3);
        log.Documents[Checkpoint.NameOf(6)] = Write(log, 6);
        log.Documents[Checkpoint.NameOf(9)] = "damaged"u8.ToArray();
        var resumed = await Resumer(log).ResumeAsync(default);
        resumed.Reducer.Position.ShouldBe(6);
        resumed.Refusals.ShouldHaveSingleItem().ShouldStartWith("checkpoints/0000000009.chk was not used.");
    }

    [Fact]
    public async Task A_redaction_since_makes_the_state_start_again_without_what_is_gone()
    {
        byte[][] lines = [Event(0, """{"confidence":0.9,"predicate":"p","subject":"s","value":1}"""), Event(1, """{"confidence":0.9,"predicate":"q","subject":"s","value":1}""")];
        var log = new LinesReader(lines);
        log.Documents[Checkpoint.NameOf(2)] = Write(log, 2);
        log.Lines[0] = Event(0, """{"redacted":true}""");
        log.Lines.Add(Encoding.UTF8.GetBytes("""{"actor":"r","event_id":"evt_r","payload":{"target_event_id":"evt_0"},"prev_event_hash":null,"type":"com.provara.redaction"}"""));
        var resumed = await Resumer(log).ResumeAsync(default);
        await resumed.Reducer.CatchUpAsync(log, null, default);
        using var whole = Reduce([.. log.Lines], EventViews.Backpack);
        resumed.Reducer.State.StateHash().ShouldBe(whole.StateHash());
        resumed.Reducer.IsStale.ShouldBeFalse();
    }

    public void Dispose() => _key.Dispose();

    private static byte[] Event(int number, string payload) =>
        Encoding.UTF8.GetBytes($$"""{"actor":"a","event_id":"evt_{{number}}","payload":{{payload}},"prev_event_hash":null,"type":"OBSERVATION"}""");

    private static ReducerV0 Reduce(IEnumerable<byte[]> lines, EventView view)
    {
        using var scratch = new PooledBuffer();
        var state = new ReducerV0();
        foreach (var line in lines)
            state.Apply(view(line, scratch));
        return state;
    }

    private PublicKey? Find(string keyId) => keyId == _key.PublicKey.KeyId ? _key.PublicKey : null;

    private CheckpointResumer Resumer(LinesReader log) => new(log, BackpackFormat.Instance, EventViews.Backpack, Find);

    private byte[] Write(LinesReader log, int count, SigningKey? key = null)
    {
        using var state = Reduce(log.Lines.Take(count), EventViews.Backpack);
        var hash = LogHead.ZeroHash;
        if (count > 0)
            BackpackFormat.Instance.Check(count - 1, log.Lines[count - 1], default, out hash);
        var resume = new CheckpointResume(new LogHead(count, hash)) { Parts = new Dictionary<string, ReadOnlyMemory<byte>> { ["chains"] = "opaque"u8.ToArray() } };
        return Checkpoint.Write(state, key ?? _key, TestVault.Time, null, resume).Content.ToArray();
    }

    private async Task IsRefusedAsync(LinesReader log, string reason)
    {
        var resumed = await Resumer(log).ResumeAsync(default);
        resumed.Refusals.ShouldHaveSingleItem().ShouldContain(reason);
        resumed.Reducer.Position.ShouldBe(0);
        resumed.Checkpoint.ShouldBeNull();
    }
}
