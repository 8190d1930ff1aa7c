using System.Text;
using Granary.Testing;
using Granary.Vault.Tests.Proofs;
using Granary.Vault.Tests.Support;
using Granary.Vault.Transparency;

namespace Granary.Vault.Tests.Transparency;

public sealed class CheckpointTextTests
{
    // The example of c2sp.org/tlog-checkpoint.
    private const string Example = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

    [Fact]
    public void The_specification_s_example_is_read_and_written()
    {
        var checkpoint = LogCheckpoint.Parse(Example);
        (checkpoint.Origin, checkpoint.Size, checkpoint.Root)
            .ShouldBe(("example.com/behind-the-sofa", 20852163, "0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62"));
        checkpoint.Text.ShouldBe(Example);
        LogCheckpoint.Parse(Example + "more\n").Text.ShouldBe(Example + "more\n");
    }

    [Theory]
    [InlineData("o\n1\n")]
    [InlineData("o\n01\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n")]
    [InlineData("o\n-1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n")]
    [InlineData("o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n")]
    [InlineData("\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n")]
    [InlineData("o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n")]
    public void What_is_no_checkpoint_is_refused(string text) => Should.Throw<FormatException>(() => LogCheckpoint.Parse(text));

    [Fact]
    public void A_cosignature_says_when_and_covers_the_time()
    {
        using var key = Fixture.Key("root");
        using var witness = Fixture.Key("quorum");
        var note = new LogCheckpoint("o", 3, Logs.Hashes(1)[0]).Sign(key);
        var name = new NoteKey("w.example", NoteKeyKind.Witness, witness.PublicKey);
        note = note.With(NoteSignature.Cosign(note.Text, "w.example", witness, TestVault.Time));
        note.IsSignedBy(name, out var time).ShouldBeTrue();
        time.ShouldBe(TestVault.Time);
        var bytes = note.Signatures[1].Bytes.ToArray();
        bytes[11]++;
        new SignedNote(note.Text, [new NoteSignature("w.example", bytes)]).IsSignedBy(name).ShouldBeFalse();
        // The same key as a log's says something else.
        note.IsSignedBy(new NoteKey("w.example", NoteKeyKind.Log, witness.PublicKey)).ShouldBeFalse();
    }

    [GoFact]
    public async Task Go_verifies_log_and_witness()
    {
        using var folder = new TestFolder();
        using var key = Fixture.Key("root");
        using var witness = Fixture.Key("quorum");
        var note = new LogCheckpoint("log.example.org/a", 3, Logs.Hashes(1)[0]).Sign(key);
        note = note.With(NoteSignature.Cosign(note.Text, "w.example", witness, TestVault.Time));
        var file = Path.Combine(folder.Path, "checkpoint");
        await File.WriteAllBytesAsync(file, note.Write());
        string[] keys = [
            new NoteKey("log.example.org/a", NoteKeyKind.Log, key.PublicKey).ToString(),
            new NoteKey("w.example", NoteKeyKind.Witness, witness.PublicKey).ToString()];
        var verdict = await GoTlog.RunAsync("cosigned", keys[0], keys[1], file);
        verdict.Good.ShouldBeTrue(verdict.Problem);
        await File.WriteAllTextAsync(file, Encoding.UTF8.GetString(note.Write()).Replace("\n3\n", "\n4\n", StringComparison.Ordinal));
        (await GoTlog.RunAsync("cosigned", keys[0], keys[1], file)).Good.ShouldBeFalse();
    }
}
