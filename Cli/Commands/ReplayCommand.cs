using System.Text.Json.Nodes;
using Granary.Cli.Hosting;
using Granary.Cli.Remote;
using Granary.Cli.Vaults;

namespace Granary.Cli.Commands;

/// <summary><c>replay</c>: the beliefs that follow from the log.</summary>
internal sealed class ReplayCommand() : ReachableCommand("replay", "Prints the belief state that follows from the log, with its hash. It verifies nothing.")
{
    protected override async Task<Outcome> RunAsync(VaultPlace place, Run run, CancellationToken cancellation)
    {
        if (!place.IsPsmc)
            place.Expect(psmc: false);
        using var reader = place.Read();
        using var state = await FolderState.ReplayAsync(reader, place.IsPsmc, run, cancellation);
        return Show(FolderState.ToJson(state.State));
    }

    protected override async Task<Outcome> RunAsync(RemoteVault remote, Run run, CancellationToken cancellation) =>
        Show(await remote.CallAsync("snapshot_belief", null, cancellation));

    private static Outcome Show(JsonNode state) => new(state, screen => screen.Json(state));
}
