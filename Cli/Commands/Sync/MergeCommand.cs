using System.CommandLine;
using System.Text.Json.Nodes;
using Granary.Cli.Hosting;
using Granary.Cli.Output;
using Granary.Cli.Vaults;
using Granary.Vault.Backpack.Keys;
using Granary.Vault.Storage;
using Granary.Vault.Sync;

namespace Granary.Cli.Commands.Sync;

/// <summary><c>sync merge</c>: another copy's events, verified and appended; all of them or none.</summary>
internal sealed class MergeCommand : CliCommand
{
    private readonly Argument<string> _local;
    private readonly Argument<string> _remote;
    private readonly ImportSwitches _switches;
    private readonly Option<bool> _dryRun;

    public MergeCommand() : base("merge", "Brings the events of another copy of a vault into this one; what does not verify stops it, and nothing changes.")
    {
        _local = WithArgument("LOCAL", "The vault that takes the events");
        _remote = WithArgument("REMOTE", "The vault that has them");
        _switches = new ImportSwitches(this);
        _dryRun = Switch("--dry-run", "Print the reference's union of the two logs, its new events and forks, and change nothing");
    }

    public override async Task<Outcome> RunAsync(Run run, CancellationToken cancellation)
    {
        var (local, remote) = (VaultPlace.At(run.Get(_local)).Expect(psmc: false), VaultPlace.At(run.Get(_remote)).Expect(psmc: false));
        using var reader = remote.Read();
        var lines = await ReadAsync(reader, cancellation);
        if (run.Get(_dryRun))
        {
            using var mine = local.Read();
            return Outcome.Of(ConsoleJson.Read(LogMerge.Merge(await ReadAsync(mine, cancellation), lines).ToJson()));
        }
        var keys = await reader.ReadDocumentAsync(KeyRegistry.FileName, cancellation);
        var registry = KeyRegistry.Read(keys.GetValueOrDefault().Span);
        return await _switches.ImportAsync(local, lines, registry.Keys, run, cancellation);
    }

    public static async Task<List<ReadOnlyMemory<byte>>> ReadAsync(IVaultReader reader, CancellationToken cancellation)
    {
        var lines = new List<ReadOnlyMemory<byte>>();
        await foreach (var line in EventLines.ReadAsync(reader, null, cancellation))
            lines.Add(line.Text);
        return lines;
    }
}

/// <summary>What merging and importing have in common.</summary>
internal sealed class ImportSwitches
{
    private readonly Option<string?> _keyFile = KeyFiles.Option();
    private readonly Option<string[]> _trust = new("--trust")
    {
        Description = "A key that you vouch for although the vault does not know it; may be repeated",
        HelpName = "KEY_ID",
        DefaultValueFactory = _ => [],
    };
    private readonly Option<bool> _unsigned = new("--accept-unsigned") { Description = "Take unsigned events and broken chains too, as the reference does, into a vault that does not verify strictly anyway" };

    public ImportSwitches(Command command)
    {
        command.Options.Add(_keyFile);
        command.Options.Add(_trust);
        command.Options.Add(_unsigned);
    }

    public async Task<Outcome> ImportAsync(
        VaultPlace place, IReadOnlyList<ReadOnlyMemory<byte>> lines, IReadOnlyList<RegisteredKey> offered, Run run, CancellationToken cancellation)
    {
        await using var writer = await FolderBackpackWriter.OpenAsync(place, run.Get(_keyFile), null, run, cancellation);
        var options = new ImportOptions { Strict = !run.Get(_unsigned), TrustedKeys = run.Get(_trust) ?? [] };
        var plan = await ImportPlanner.PlanAsync(writer.Vault.Log, writer.Vault.Registry, lines, offered, options, cancellation);
        var hash = (string?)null;
        if (plan.Success && plan.Imported > 0)
        {
            await writer.ApplyAsync(plan.Change, cancellation);
            hash = await SaveStateAsync(writer, run, CancellationToken.None);
        }
        return Show(plan, hash);
    }

    private static async Task<string> SaveStateAsync(FolderBackpackWriter writer, Run run, CancellationToken cancellation)
    {
        using var state = await FolderState.ReplayAsync(writer.Vault.Log, psmc: false, run, cancellation);
        using var text = new Vault.Canonical.PooledBuffer(4096);
        state.State.WriteState(text);
        text.Write((byte)'\n');
        await writer.AddAsync("state/current_state.json", text.Written.ToArray(), cancellation);
        return state.State.StateHash();
    }

    private static Outcome Show(ImportPlan plan, string? hash)
    {
        var json = new JsonObject
        {
            ["success"] = plan.Success,
            ["events_merged"] = plan.Imported,
            ["imported_count"] = plan.Imported,
            ["present_count"] = plan.Present,
            ["rejected_count"] = plan.Rejected,
            ["new_state_hash"] = hash,
            ["fencing_token"] = null,
            ["error_count"] = plan.Errors.Count,
            ["errors"] = new JsonArray([.. plan.Errors.Select(error => (JsonNode)error)]),
            ["fork_count"] = plan.Forks.Count,
            ["forks"] = new JsonArray([.. plan.Forks.Select(Forks.ToJson)]),
            ["admitted_keys"] = new JsonArray([.. plan.AdmittedKeys.Select(key => (JsonNode)key)]),
        };
        return new Outcome(json, screen =>
        {
            foreach (var error in plan.Errors.Take(10))
                screen.Line($"  {error}");
            if (plan.Errors.Count > 10)
                screen.Line($"  and {plan.Errors.Count - 10} more.");
            if (plan.Forks.Count > 0)
                screen.Table(["actor", "after", "event", "and event"], [.. plan.Forks.Select(Forks.Row)]);
            screen.Verdict(plan.Success, plan.Success
                ? $"{plan.Imported} event(s) taken, {plan.Present} were here already, {plan.Forks.Count} fork(s)."
                : $"nothing was taken: {plan.Errors.Count} reason(s).");
        }, plan.Success ? 0 : 1);
    }
}
