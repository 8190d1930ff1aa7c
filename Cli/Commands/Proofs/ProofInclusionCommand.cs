using System.CommandLine;
using System.Text.Json.Nodes;
using Granary.Cli.Hosting;
using Granary.Cli.Output;
using Granary.Cli.Remote;
using Granary.Cli.Vaults;
using Granary.Vault.Proofs;

namespace Granary.Cli.Commands.Proofs;

/// <summary><c>proof inclusion</c>: an event with all that a third party needs to be sure that it stands in the log.</summary>
internal sealed class ProofInclusionCommand : ReachableCommand
{
    private readonly Option<string?> _event;
    private readonly Option<long?> _position;
    private readonly Option<string?> _keyFile;
    private readonly Option<string?> _name;
    private readonly Option<string?> _out;

    public ProofInclusionCommand() : base("inclusion", "Proves that an event stands in the log: the event, its path in the event tree, and a signed head.")
    {
        _event = Text("--event", "The event's id");
        _position = With(NumberOption.Optional<long>("--position", "... or its position, from 0", "N"));
        _keyFile = With(KeyFiles.Option());
        _name = Text("--name", "The vault's name in the signed head; the folder's without it");
        _out = With(new Option<string?>("--out", "-o") { Description = "Write it to this file instead of printing it", HelpName = "FILE" });
        Validators.Add(given =>
        {
            if (Has(given, _event) == Has(given, _position))
                given.AddError("Name the event with --event ID or with --position N.");
        });
    }

    public static Command Group() => new("proof", "Proofs over the log that a third party checks with a public key alone.")
    {
        new ProofInclusionCommand(), new ProofConsistencyCommand(), new ProofVerifyCommand(),
    };

    protected override async Task<Outcome> RunAsync(VaultPlace place, Run run, CancellationToken cancellation)
    {
        using var reader = place.Read();
        var proofs = new FolderProofs(place, reader);
        var position = run.Get(_position) ?? await proofs.FindAsync(run.Get(_event)!, cancellation);
        using var key = Signer.Read(place, run.Get(_keyFile), null);
        var inclusion = await proofs.Trees.ProveInclusionAsync(position, proofs.Count, cancellation);
        var entry = await proofs.EntryAsync(position, cancellation);
        var head = await proofs.SignAsync(run.Get(_name) ?? Path.GetFileName(place.Folder), proofs.Count, key, run.Time, cancellation);
        return await Documents.ShowAsync(new EventProof(entry.Event, entry.Chain, inclusion, head).Write(), run.Get(_out), cancellation);
    }

    protected override async Task<Outcome> RunAsync(RemoteVault remote, Run run, CancellationToken cancellation)
    {
        var arguments = new JsonObject();
        if (run.Get(_event) is { } id)
            arguments["event_id"] = id;
        else
            arguments["position"] = run.Get(_position);
        var answer = await remote.CallAsync("prove_event", arguments, cancellation);
        return await Documents.ShowAsync(ConsoleJson.Bytes(answer["proof"]!), run.Get(_out), cancellation);
    }
}
