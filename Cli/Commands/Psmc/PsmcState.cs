using Granary.Cli.Hosting;
using Granary.Cli.Vaults;

namespace Granary.Cli.Commands.Psmc;

/// <summary><c>psmc state</c>.</summary>
internal sealed class PsmcState() : PsmcCommand("state", "Prints the belief state that follows from the events.")
{
    public override async Task<Outcome> RunAsync(Run run, CancellationToken cancellation)
    {
        using var reader = Place(run).Expect(psmc: true).Read();
        using var state = await FolderState.ReplayAsync(reader, psmc: true, run, cancellation);
        var json = FolderState.ToJson(state.State);
        return new Outcome(json, screen => screen.Json(json));
    }
}
