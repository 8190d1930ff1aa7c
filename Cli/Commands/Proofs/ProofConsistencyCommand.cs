using System.CommandLine;
using System.Text.Json.Nodes;
using Granary.Cli.Hosting;
using Granary.Cli.Output;
using Granary.Cli.Remote;
using Granary.Cli.Vaults;

namespace Granary.Cli.Commands.Proofs;

/// <summary><c>proof consistency</c>: the log at one size is the beginning of the log at another.</summary>
internal sealed class ProofConsistencyCommand : ReachableCommand
{
    private readonly Option<long> _first;
    private readonly Option<long?> _second;
    private readonly Option<string?> _out;

    public ProofConsistencyCommand() : base("consistency", "Proves that the log only grew between two sizes.")
    {
        _first = With(NumberOption.Required<long>("--first", "The smaller size, for example the count of a head you kept", "N"));
        _second = With(NumberOption.Optional<long>("--second", "The larger size; the log's without it", "N"));
        _out = With(new Option<string?>("--out", "-o") { Description = "Write it to this file instead of printing it", HelpName = "FILE" });
    }

    protected override async Task<Outcome> RunAsync(VaultPlace place, Run run, CancellationToken cancellation)
    {
        using var reader = place.Read();
        var proofs = new FolderProofs(place, reader);
        var proof = await proofs.Trees.ProveConsistencyAsync(run.Get(_first), run.Get(_second) ?? proofs.Count, cancellation);
        return await Documents.ShowAsync(proof.Write(), run.Get(_out), cancellation);
    }

    protected override async Task<Outcome> RunAsync(RemoteVault remote, Run run, CancellationToken cancellation)
    {
        var arguments = new JsonObject { ["first_count"] = run.Get(_first) };
        if (run.Get(_second) is { } second)
            arguments["second_count"] = second;
        var answer = await remote.CallAsync("prove_consistency", arguments, cancellation);
        return await Documents.ShowAsync(ConsoleJson.Bytes(answer["proof"]!), run.Get(_out), cancellation);
    }
}
