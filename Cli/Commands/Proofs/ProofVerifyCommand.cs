using System.CommandLine;
using System.Text.Json.Nodes;
using Granary.Cli.Hosting;
using Granary.Cli.Output;
using Granary.Cli.Vaults;
using Granary.Vault.Proofs;

namespace Granary.Cli.Commands.Proofs;

/// <summary><c>proof verify</c>: checks a proof of either kind, without the vault.</summary>
internal sealed class ProofVerifyCommand : CliCommand
{
    private readonly Argument<string> _proof;
    private readonly Option<string> _key;
    private readonly Option<string?> _earlier;
    private readonly Option<string?> _later;

    public ProofVerifyCommand() : base("verify", "Checks a proof with a public key; the vault is not needed.")
    {
        _proof = WithArgument("PROOF", "The file that provara proof inclusion or consistency wrote");
        _key = With(PublicKeys.Option());
        _earlier = Text("--earlier", "For a consistency proof: the signed head of the smaller log");
        _later = Text("--later", "... and that of the larger one");
    }

    public override Task<Outcome> RunAsync(Run run, CancellationToken cancellation)
    {
        var json = OutsideFile.Read(run.Get(_proof), "The proof");
        var keys = PublicKeys.Read(run.Get(_key)!);
        var kind = ConsoleJson.Read(json) as JsonObject;
        if (kind?.ContainsKey("first_count") == true)
            return Task.FromResult(VerifyConsistency(ConsistencyProof.Read(json), keys, run));
        var proof = EventProof.Read(json);
        var good =
            $"the event stands at position {proof.Inclusion.Position} of the log of {proof.Head.Count} events that {proof.Head.KeyId} signed for {proof.Head.Vault}.";
        return Task.FromResult(Verdicts.Show(proof.Problems(keys.For(proof.Head.KeyId)), good));
    }

    private Outcome VerifyConsistency(ConsistencyProof proof, PublicKeys keys, Run run)
    {
        if (run.Get(_earlier) is not { } first || run.Get(_later) is not { } second)
            throw new UsageException("A consistency proof joins two signed heads: give them with --earlier FILE and --later FILE.");
        var earlier = SignedHead.Read(OutsideFile.Read(first, "The earlier head"));
        var later = SignedHead.Read(OutsideFile.Read(second, "The later head"));
        var problems = new List<string>();
        foreach (var head in (ReadOnlySpan<SignedHead>)[earlier, later])
        {
            if (!head.IsSignedBy(keys.For(head.KeyId)))
                problems.Add($"The head at {head.Count} events is not signed by the key {keys.For(head.KeyId).KeyId}.");
        }
        if (earlier.Vault != later.Vault || earlier.Format != later.Format)
            problems.Add($"The heads are of different vaults: {earlier.Vault} and {later.Vault}.");
        if (!proof.IsBetween(earlier, later))
            problems.Add("The proof does not join the two heads: the larger log does not begin with the smaller one.");
        return Verdicts.Show(
            problems, $"the log of {later.Count} events begins with the log of {earlier.Count} that was signed before; nothing was changed or removed.");
    }
}
