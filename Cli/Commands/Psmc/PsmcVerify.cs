using System.CommandLine;
using Granary.Cli.Hosting;
using Granary.Cli.Verification;

namespace Granary.Cli.Commands.Psmc;

/// <summary><c>psmc verify</c>.</summary>
internal sealed class PsmcVerify : PsmcCommand
{
    private readonly Option<bool> _verbose;

    public PsmcVerify() : base("verify", "Checks every event, link, signature and key of the vault.") =>
        _verbose = With(new Option<bool>("--verbose", "-v") { Description = "List every finding" });

    public override async Task<Outcome> RunAsync(Run run, CancellationToken cancellation)
    {
        var options = new CheckOptions { Verbose = run.Get(_verbose) };
        return (await FolderCheck.RunAsync(Place(run).Expect(psmc: true), run, options, cancellation)).ToOutcome();
    }
}
