using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using Granary.Cli.Hosting;
using Granary.Cli.Vaults;
using Granary.Vault.Proofs;
using Granary.Vault.Transparency;

namespace Granary.Cli.Commands.Tlog;

/// <summary><c>tlog checkpoint</c>: where the log stands, as a signed note that programs of other logs read.</summary>
internal sealed class TlogCheckpointCommand : VaultCommand
{
    private readonly Option<string> _origin;
    private readonly Option<string?> _keyFile;
    private readonly Option<string?> _keyId;
    private readonly Option<string?> _head;
    private readonly Option<string?> _out;

    public TlogCheckpointCommand() : base("checkpoint", "Signs where a vault's log stands as a C2SP checkpoint.")
    {
        _origin = With(TlogOptions.Origin());
        _keyFile = With(KeyFiles.Option());
        _keyId = Text("--key-id", "Which key of the file; the first one without it");
        _head = With(new Option<string?>("--head")
        {
            Description = "A signed head to turn into a checkpoint, at its size, if the log still begins with it",
            HelpName = "FILE",
        });
        _out = With(TlogOptions.Out());
    }

    public static Command Group() => new("tlog", "C2SP checkpoints, tiles and proofs, which the tools of other transparency logs check.")
    {
        new TlogCheckpointCommand(), new TlogExportCommand(), new TlogConvertCommand(), new TlogVerifyCommand(),
    };

    public override async Task<Outcome> RunAsync(Run run, CancellationToken cancellation)
    {
        var place = Place(run);
        using var reader = place.Read();
        using var key = Signer.Read(place, run.Get(_keyFile), run.Get(_keyId));
        var proofs = new FolderProofs(place, reader);
        var head = run.Get(_head) is { } file ? SignedHead.Read(OutsideFile.Read(file, "The signed head")) : null;
        var root = (await proofs.Trees.BuildAsync(head?.Count ?? proofs.Count, cancellation)).Root();
        if (head is not null && (head.Root != root || !head.IsSignedBy(key.PublicKey)))
        {
            throw new CliFailure(
                "The head cannot be turned into a checkpoint",
                head.Root == root ? $"it is not signed by the key {key.PublicKey.KeyId}" : "the log does not begin with it",
                "give the key that signed it, and the vault it is of", "docs/trust.md");
        }
        var note = new LogCheckpoint(run.Get(_origin)!, head?.Count ?? proofs.Count, root).Sign(key);
        var vkey = new NoteKey(run.Get(_origin)!, NoteKeyKind.Log, key.PublicKey).ToString();
        return await TlogOptions.ShowAsync(note.Write(), run.Get(_out), new JsonObject { ["verifier_key"] = vkey }, cancellation);
    }
}

/// <summary>Options and outcomes that the commands share.</summary>
internal static class TlogOptions
{
    public static Option<string> Origin()
    {
        var origin = new Option<string>("--origin")
        {
            Description = "The log's name, unlike every other's, for example log.example.org/acme/notes",
            HelpName = "NAME",
            Required = true,
        };
        origin.Validators.Add(given =>
        {
            if (given.Tokens.Count == 1 && !NoteKey.IsName(given.Tokens[0].Value))
                given.AddError("--origin has no spaces, no control characters and no '+': for example log.example.org/acme/notes.");
        });
        return origin;
    }

    public static Option<string?> Out() => new("--out", "-o") { Description = "Write it to this file instead of printing it", HelpName = "FILE" };

    public static Option<string?> KeyOfLog() => new("--log")
    {
        Description = "The log's verifier key, NAME+ID+KEY, as the vault's owner or the gateway tells it",
        HelpName = "VKEY",
    };

    public static NoteKey Key(string text, NoteKeyKind kind)
    {
        var key = NoteKey.Parse(text);
        return key.Kind == kind
            ? key
            : throw new CliFailure(
                "The verifier key is of another kind",
                kind == NoteKeyKind.Log ? "it is a witness's" : "it is a log's, and witnesses have keys of their own kind",
                kind == NoteKeyKind.Log ? "give the log's with --log" : "give the witness's", "docs/trust.md");
    }

    /// <summary>A document of lines: printed as it is, or written to a file whose name is printed.</summary>
    public static async Task<Outcome> ShowAsync(byte[] document, string? file, JsonObject about, CancellationToken cancellation)
    {
        var text = Encoding.UTF8.GetString(document);
        about["document"] = text;
        if (file is null)
            return new Outcome(about, screen => screen.Document(text.TrimEnd('\n')));
        await File.WriteAllBytesAsync(file, document, cancellation);
        about["written_to"] = file;
        return new Outcome(about, screen =>
        {
            screen.Line($"Written to {file}");
            if (about["verifier_key"] is { } key)
                screen.Line($"Verifier key: {key}");
        });
    }
}
