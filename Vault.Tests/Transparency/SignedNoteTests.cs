using System.Text;
using Granary.Testing;
using Granary.Vault.Keys;
using Granary.Vault.Tests.Support;
using Granary.Vault.Transparency;

namespace Granary.Vault.Tests.Transparency;

public sealed class SignedNoteTests
{
    // The example of c2sp.org/signed-note.
    private const string Key = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

    private const string Note = """
        This is an example message.

        — example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=

        """;

    private static SignedNote Read(string text) => SignedNote.Read(Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\n")));

    [Fact]
    public void The_specification_s_example_is_read_verified_and_written()
    {
        var note = Read(Note);
        var key = NoteKey.Parse(Key);
        (note.Text, key.Name, key.Kind, key.ToString()).ShouldBe(("This is an example message.\n", "example.com/foo", NoteKeyKind.Log, Key));
        note.IsSignedBy(key).ShouldBeTrue();
        Encoding.UTF8.GetString(note.Write()).ShouldBe(Note.ReplaceLineEndings("\n"));
        Read(Note.Replace("example message", "exbmple message", StringComparison.Ordinal)).IsSignedBy(key).ShouldBeFalse();
    }

    [Fact]
    public void One_false_line_of_a_key_spoils_its_true_one()
    {
        var note = Read(Note);
        var forged = new NoteSignature(note.Signatures[0].Name, note.Signatures[0].Bytes.ToArray().Select((b, i) => i == 20 ? (byte)~b : b).ToArray());
        note.With(forged).IsSignedBy(NoteKey.Parse(Key)).ShouldBeFalse();
    }

    [Fact]
    public void Lines_of_unknown_keys_are_left_alone()
    {
        using var other = SigningKey.Generate();
        var note = Read(Note);
        note.With(NoteSignature.Sign(note.Text, "example.com/foo", other)).IsSignedBy(NoteKey.Parse(Key)).ShouldBeTrue();
        note.IsSignedBy(new NoteKey("example.com/bar", NoteKeyKind.Log, NoteKey.Parse(Key).Key)).ShouldBeFalse();
    }

    [Theory]
    [InlineData("text\n")]
    [InlineData("text\n\n")]
    [InlineData("text\n\n— name\n")]
    [InlineData("text\n\n- name AAAAAAAA\n")]
    [InlineData("text\n\n— na+me AAAAAAAA\n")]
    [InlineData("text\n\n— name AAAAAA==\n")]
    [InlineData("text\n\n— name AAAAAAB=\n")]
    [InlineData("text\n\n— name AAAAAAAA")]
    [InlineData("te\txt\n\n— name AAAAAAAA\n")]
    public void What_is_no_note_is_refused(string text) => Should.Throw<FormatException>(() => Read(text));

    [Theory]
    [InlineData("example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", "changed")]
    [InlineData("example.com/fop+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", "changed")]
    [InlineData("example.com/foo+530d903a", "NAME+ID+KEY")]
    [InlineData("example.com/foo+530d903a+AukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", "kind 2")]
    public void A_verifier_key_that_does_not_fit_together_is_refused(string text, string problem) =>
        Should.Throw<FormatException>(() => NoteKey.Parse(text)).Message.ShouldContain(problem);

    [GoFact]
    public async Task Go_signs_and_this_program_verifies()
    {
        using var folder = new TestFolder();
        var text = Path.Combine(folder.Path, "text");
        await File.WriteAllTextAsync(text, "log.example.org/a\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n");
        var made = await GoTlog.RunAsync("sign", "log.example.org/a", text);
        made.Good.ShouldBeTrue(made.Problem);
        var note = SignedNote.Read(Convert.FromHexString(made.Lines[1]));
        note.IsSignedBy(NoteKey.Parse(made.Lines[0])).ShouldBeTrue();
        LogCheckpoint.Parse(note.Text).Root.ShouldBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "the empty tree's");
    }
}
