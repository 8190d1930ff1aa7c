using System.Text;
using Granary.Testing;
using Granary.Vault.Keys;
using Granary.Vault.Tests.Proofs;
using Granary.Vault.Tests.Support;
using Granary.Vault.Transparency;

namespace Granary.Vault.Tests.Transparency;

/// <summary>A witness signs what continues, and nothing else (c2sp.org/tlog-witness).</summary>
public sealed class WitnessTests : IDisposable
{
    private const string Origin = "log.example.org/a";

    private readonly TestFolder _folder = new();
    private readonly SigningKey _log = Fixture.Key("root");
    private readonly SigningKey _key = Fixture.Key("quorum");
    private WitnessRecords _records;

    public WitnessTests() => _records = WitnessRecords.Open(_folder.Path);

    private NoteKey LogKey => new(Origin, NoteKeyKind.Log, _log.PublicKey);

    public void Dispose()
    {
        _records.Dispose();
        _log.Dispose();
        _key.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_log_that_grows_is_signed_each_time()
    {
        foreach (var (from, to) in ((int, int)[])[(0, 0), (0, 3), (3, 3), (3, 4), (4, 300)])
        {
            var request = await RequestAsync(from, to);
            var answer = Witness().Add(request.Write());
            answer.Status.ShouldBe(200, $"{from} to {to}: {answer.Text}");
            var note = new SignedNote(request.Note.Text, [.. request.Note.Signatures, .. SignedNote.ReadSignatures(answer.Text)]);
            note.IsSignedBy(Witness().Key, out var time).ShouldBeTrue();
            time.ShouldBe(TestVault.Time);
            Witness().Latest(WitnessRecords.NameOf(Origin))!.Write().ShouldBe(note.Write());
        }
    }

    [Fact]
    public async Task A_split_view_is_not_signed()
    {
        Witness().Add((await RequestAsync(0, 3)).Write()).Status.ShouldBe(200);
        // The same key signs another tree of the same size, and one that does not begin with the first.
        Witness().Add(Signed("old 3\n", 3, Logs.Hashes(9)[8])).Status.ShouldBe(422);
        Witness().Add(Signed("old 3\n" + Convert.ToBase64String(new byte[32]) + "\n", 4, Logs.Hashes(9)[8])).Status.ShouldBe(422);
        LogCheckpoint.Parse(Witness().Latest(WitnessRecords.NameOf(Origin))!.Text).Size.ShouldBe(3);
    }

    [Fact]
    public async Task A_rollback_is_answered_with_the_size_that_was_signed()
    {
        Witness().Add((await RequestAsync(0, 5)).Write()).Status.ShouldBe(200);
        Witness().Add((await RequestAsync(0, 3)).Write()).ShouldBe(new WitnessAnswer(409, "5\n"));
        Witness().Add((await RequestAsync(3, 4)).Write()).ShouldBe(new WitnessAnswer(409, "5\n"));
        Witness().Add(Signed("old 5\n", 4, Logs.Hashes(1)[0])).Status.ShouldBe(400);
    }

    [Fact]
    public async Task Who_is_not_known_or_did_not_sign_is_refused()
    {
        using var other = SigningKey.Generate();
        var note = (await RequestAsync(0, 3)).Note;
        var signature = NoteSignature.Sign(note.Text, Origin, other);
        Witness().Add(Body(new SignedNote(note.Text, [signature]))).Status.ShouldBe(403);
        var forged = new NoteSignature(Origin, note.Signatures[0].Bytes.ToArray().Select((b, i) => i == 9 ? (byte)~b : b).ToArray());
        Witness().Add(Body(new SignedNote(note.Text, [forged]))).Status.ShouldBe(403);
        Witness().Add(Body(note.With(forged))).Status.ShouldBe(403);
        Witness().Add(Body(note.With(signature))).Status.ShouldBe(200);
        Witness().Add(Body(new LogCheckpoint("log.example.org/b", 3, Logs.Hashes(1)[0]).Sign(_log))).Status.ShouldBe(404);

        static byte[] Body(SignedNote note) => [.. "old 0\n\n"u8, .. note.Write()];
    }

    [Fact]
    public async Task An_empty_tree_has_one_root_and_a_first_checkpoint_no_proof()
    {
        Witness().Add(Signed("old 0\n", 0, Logs.Hashes(1)[0])).Status.ShouldBe(422);
        var root = (await RequestAsync(0, 3)).Checkpoint.Root;
        Witness().Add(Signed("old 0\n" + Convert.ToBase64String(new byte[32]) + "\n", 3, root)).Status.ShouldBe(422);
        foreach (var body in (string[])["", "old 0", "old 00\n\no\n0\n", "new 0\n\n", "old 0\nAAAA\n\n"])
            Witness().Add(Encoding.UTF8.GetBytes(body)).Status.ShouldBe(400, body);
    }

    [Fact]
    public async Task It_remembers_and_only_one_process_has_its_memory()
    {
        Witness().Add((await RequestAsync(0, 3)).Write()).Status.ShouldBe(200);
        Should.Throw<IOException>(() => WitnessRecords.Open(_folder.Path));
        _records.Dispose();
        _records = WitnessRecords.Open(_folder.Path);
        Witness().Add((await RequestAsync(0, 4)).Write()).ShouldBe(new WitnessAnswer(409, "3\n"));
        Witness().Add((await RequestAsync(3, 4)).Write()).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Of_two_continuations_at_once_one_is_signed()
    {
        Witness().Add((await RequestAsync(0, 3)).Write()).Status.ShouldBe(200);
        var witness = Witness();
        var bodies = new[] { await RequestAsync(3, 4), await RequestAsync(3, 5), await RequestAsync(3, 6) };
        var answers = await Task.WhenAll(bodies.Select(body => Task.Run(() => witness.Add(body.Write()).Status)));
        answers.Count(status => status == 200).ShouldBe(1);
        answers.Count(status => status == 409).ShouldBe(2);
    }

    [Fact]
    public async Task A_policy_counts_witnesses_and_refuses_stale_ones()
    {
        using var other = SigningKey.Generate();
        var note = (await RequestAsync(0, 3)).Note;
        NoteKey[] witnesses = [new("w1", NoteKeyKind.Witness, _key.PublicKey), new("w2", NoteKeyKind.Witness, other.PublicKey)];
        var now = TestVault.Time.AddHours(2);
        note = note.With(NoteSignature.Cosign(note.Text, "w1", _key, TestVault.Time));
        WitnessPolicy.Problems(note, witnesses, 1, null, now).ShouldBeEmpty();
        WitnessPolicy.Problems(note, witnesses, 2, null, now).ShouldContain("The witness w2 did not sign the checkpoint.");
        note = note.With(NoteSignature.Cosign(note.Text, "w2", other, now));
        WitnessPolicy.Problems(note, witnesses, 2, null, now).ShouldBeEmpty();
        WitnessPolicy.Problems(note, witnesses, 2, TimeSpan.FromHours(1), now)[0].ShouldContain("stale");
        WitnessPolicy.Problems(note, witnesses, 1, TimeSpan.FromHours(1), now).ShouldBeEmpty();
        WitnessPolicy.Problems(note, witnesses, 2, null, TestVault.Time)[0].ShouldContain("future");
    }

    [GoFact]
    public async Task Go_checks_the_request_and_the_cosigned_checkpoint()
    {
        var file = Path.Combine(_folder.Path, "file");
        foreach (var (from, to) in ((int, int)[])[(1, 2), (3, 300), (256, 300), (7, 7)])
        {
            await File.WriteAllBytesAsync(file, (await RequestAsync(from, to)).Write());
            var root = (await Logs.Reader(from).BuildAsync(from, default)).Root();
            var verdict = await GoTlog.RunAsync("request", LogKey.ToString(), root, file);
            verdict.Good.ShouldBeTrue($"{from} to {to}: {verdict.Problem}");
        }
        Witness().Add((await RequestAsync(0, 5)).Write()).Status.ShouldBe(200);
        await File.WriteAllBytesAsync(file, Witness().Latest(WitnessRecords.NameOf(Origin))!.Write());
        var cosigned = await GoTlog.RunAsync("cosigned", LogKey.ToString(), Witness().Key.ToString(), file);
        cosigned.Good.ShouldBeTrue(cosigned.Problem);
    }

    private Witness Witness() => new("witness.example.org/w", _key, [LogKey], _records, new ScriptedTime(TestVault.Time));

    private async Task<WitnessRequest> RequestAsync(int from, int to)
    {
        var reader = Logs.Reader(to, 4096);
        var note = new LogCheckpoint(Origin, to, (await reader.BuildAsync(to, default)).Root()).Sign(_log);
        var growth = from == 0 ? null : await reader.ProveConsistencyAsync(from, to, default);
        return WitnessRequest.Create(growth, note);
    }

    private byte[] Signed(string head, long size, string root) =>
        [.. Encoding.UTF8.GetBytes(head + "\n"), .. new LogCheckpoint(Origin, size, root).Sign(_log).Write()];
}
