using System.Text;
using Granary.Testing;
using Granary.Vault.Backpack;
using Granary.Vault.Keys;
using Granary.Vault.Proofs;
using Granary.Vault.Psmc;
using Granary.Vault.Storage;
using Granary.Vault.Storage.Files;
using Granary.Vault.Tests.Support;
using Granary.Vault.Transparency;

namespace Granary.Vault.Tests.Transparency;

public sealed class TlogProofTests
{
    private const string Origin = "log.example.org/a";

    public static TheoryData<string> Vaults => ["sample-vault-strict", "sample-psmc-vault"];

    [Theory]
    [MemberData(nameof(Vaults))]
    public async Task A_proof_turns_into_a_tlog_proof_and_back(string vault)
    {
        using var key = Fixture.Key("root");
        var (proof, note) = await ProveAsync(vault, 2, key);
        var written = TlogProof.From(proof, note).Write();
        Encoding.UTF8.GetString(written).ShouldStartWith("c2sp.org/tlog-proof@v1\nextra ");
        var read = TlogProof.Read(written);
        read.Write().ShouldBe(written);
        read.Note.IsSignedBy(new NoteKey(Origin, NoteKeyKind.Log, key.PublicKey)).ShouldBeTrue();
        read.Holds(proof.Inclusion.EntryHash).ShouldBeTrue();
        read.Holds(LogHead.ZeroHash).ShouldBeFalse();
        read.ToEventProof().Write().ShouldBe(proof.Write());
        read.ToEventProof().Problems(key.PublicKey).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_checkpoint_of_another_tree_is_refused()
    {
        using var key = Fixture.Key("root");
        var (proof, _) = await ProveAsync("sample-vault-strict", 2, key);
        Should.Throw<ProofInputException>(() => TlogProof.From(proof, new LogCheckpoint(Origin, 1, LogHead.ZeroHash).Sign(key)));
        Should.Throw<ProofInputException>(() => TlogProof.From(proof, new LogCheckpoint(Origin, proof.Inclusion.Count, LogHead.ZeroHash).Sign(key)));
    }

    [Theory]
    [InlineData("index 2\n", "index 02\n")]
    [InlineData("index 2\n", "index x\n")]
    [InlineData("c2sp.org/tlog-proof@v1\n", "c2sp.org/tlog-proof@v2\n")]
    [InlineData("extra ", "extra !")]
    [InlineData("index 2\n", "index 2\nAAAA\n")]
    public async Task What_is_no_proof_is_refused(string part, string instead)
    {
        using var key = Fixture.Key("root");
        var (proof, note) = await ProveAsync("sample-vault-strict", 2, key);
        var text = Encoding.UTF8.GetString(TlogProof.From(proof, note).Write());
        text.ShouldContain(part);
        Should.Throw<FormatException>(() => TlogProof.Read(Encoding.UTF8.GetBytes(text.Replace(part, instead, StringComparison.Ordinal))));
    }

    [GoFact]
    public async Task Go_checks_the_proof_of_every_event()
    {
        using var folder = new TestFolder();
        using var key = Fixture.Key("root");
        var vkey = new NoteKey(Origin, NoteKeyKind.Log, key.PublicKey).ToString();
        var file = Path.Combine(folder.Path, "p.tlog-proof");
        foreach (var vault in (string[])["sample-vault-strict", "sample-psmc-vault"])
        {
            for (var position = 0; position < 5; position++)
            {
                var (proof, note) = await ProveAsync(vault, position, key);
                await File.WriteAllBytesAsync(file, TlogProof.From(proof, note).Write());
                var verdict = await GoTlog.RunAsync("proof", vkey, file, proof.Inclusion.EntryHash);
                verdict.Good.ShouldBeTrue($"{vault} {position}: {verdict.Problem}");
                (await GoTlog.RunAsync("proof", vkey, file, LogHead.ZeroHash)).Good.ShouldBeFalse();
            }
        }
    }

    private static async Task<(EventProof Proof, SignedNote Note)> ProveAsync(string vault, long position, SigningKey key)
    {
        using var reader = FolderReader.Open(Fixture.PathOf(vault));
        IEntryFormat format = vault.Contains("psmc", StringComparison.Ordinal) ? PsmcFormat.Instance : BackpackFormat.Instance;
        var trees = new EventTreeReader(reader, format);
        var count = reader.Count(LogStream.Events);
        var root = (await trees.BuildAsync(count, default)).Root();
        var last = (await trees.ProveInclusionAsync(count - 1, count, default)).EntryHash;
        var name = format == PsmcFormat.Instance ? PsmcFormat.Name : BackpackFormat.Name;
        var head = SignedHead.Sign("v", name, new LogHead(count, last), root, key, TestVault.Time);
        return (await trees.ProveEventAsync(position, head, default), new LogCheckpoint(Origin, count, root).Sign(key));
    }
}
