using System.Text.Json.Nodes;
using Granary.Cli.Hosting;
using Granary.Cli.Output;
using Granary.Vault.Backpack;
using Granary.Vault.Canonical;
using Granary.Vault.Psmc;
using Granary.Vault.Reducer;
using Granary.Vault.Storage;

namespace Granary.Cli.Vaults;

/// <summary>The belief state of a log, replayed from its first event.</summary>
internal static class FolderState
{
    public static async Task<LogReducer> ReplayAsync(IVaultReader reader, bool psmc, Run run, CancellationToken cancellation)
    {
        var state = new LogReducer(psmc ? PsmcFormat.View : BackpackFormat.View);
        await run.Tracker.RunAsync("Replaying", reader.Count(LogStream.Events), async progress =>
        {
            await state.CatchUpAsync(reader, progress, cancellation);
            return true;
        });
        if (state.State.Poisoned > 0)
            run.Warn($"{state.State.Poisoned} event(s) would stop the reference's replay; they are counted and otherwise ignored.");
        return state;
    }

    public static JsonNode ToJson(ReducerV0 state)
    {
        using var text = new PooledBuffer(4096);
        state.WriteState(text);
        return ConsoleJson.Read(text.Written);
    }
}
