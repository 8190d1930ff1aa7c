using System.CommandLine;
using System.Text.Json.Nodes;
using Granary.Cli.Commands.Proofs;
using Granary.Cli.Hosting;
using Granary.Cli.Vaults;
using Granary.Vault.Proofs;
using Granary.Vault.Transparency;

namespace Granary.Cli.Commands.Tlog;

/// <summary><c>tlog convert</c>: a proof of <c>proof inclusion</c> to a tlog proof, and back. The path stays as it is; no key is needed.</summary>
internal sealed class TlogConvertCommand : CliCommand
{
    private readonly Argument<string> _file;
    private readonly Option<string?> _checkpoint;
    private readonly Option<string?> _out;

    public TlogConvertCommand() : base("convert", "Turns a proof that an event is in the log into a C2SP tlog proof, and such a proof back.")
    {
        _file = WithArgument("FILE", "What provara proof inclusion wrote, or a tlog proof");
        _checkpoint = With(new Option<string?>("--checkpoint")
        {
            Description = "The checkpoint of the proof's size, from provara tlog checkpoint or the gateway; witnesses' signatures come along",
            HelpName = "FILE",
        });
        _out = With(TlogOptions.Out());
    }

    public override async Task<Outcome> RunAsync(Run run, CancellationToken cancellation)
    {
        var given = OutsideFile.Read(run.Get(_file), "The proof");
        if (given.AsSpan().StartsWith("c2sp.org/tlog-proof@v1\n"u8))
            return await Documents.ShowAsync(TlogProof.Read(given).ToEventProof().Write(), run.Get(_out), cancellation);
        if (run.Get(_checkpoint) is not { } checkpoint)
            throw new UsageException("A tlog proof holds a checkpoint: give the one of the proof's size with --checkpoint FILE.");
        var note = SignedNote.Read(OutsideFile.Read(checkpoint, "The checkpoint"));
        return await TlogOptions.ShowAsync(TlogProof.From(EventProof.Read(given), note).Write(), run.Get(_out), new JsonObject(), cancellation);
    }
}
