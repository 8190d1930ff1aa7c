using System.CommandLine;
using System.Text.Json.Nodes;
using Granary.Cli.Hosting;
using Granary.Vault.Backpack.Changes;

namespace Granary.Cli.Commands.Writing;

/// <summary><c>migrate</c>: another version of the specification, said by a signed event.</summary>
internal sealed class MigrateCommand : WritingCommand
{
    private readonly Option<string> _target;
    private readonly Option<bool> _dryRun;

    public MigrateCommand() : base("migrate", "Brings the vault to another version of the specification; a signed event says so.")
    {
        _target = TextOr("--target-version", $"{string.Join(", ", SpecMigration.Versions)} or latest", "latest");
        _dryRun = Switch("--dry-run", "Say what would change and change nothing");
    }

    public override async Task<Outcome> RunAsync(Run run, CancellationToken cancellation)
    {
        await using var writer = await OpenAsync(run, cancellation);
        var genesis = await writer.Vault.Log.ReadDocumentAsync("identity/genesis.json", cancellation);
        var source = SpecMigration.VersionOf(genesis.GetValueOrDefault().Span);
        var target = run.Get(_target) is "latest" or null ? SpecMigration.Versions[^1] : run.Get(_target)!;
        var change = await SpecMigration.PlanAsync(writer.Vault, target, writer.Now, cancellation);
        var dry = run.Get(_dryRun);
        if (change is not null && !dry)
            await writer.ApplyAsync(change, cancellation);
        var changes = new JsonArray();
        if (change is not null)
            changes.Add($"genesis.json: spec_version {source} to {target}");
        return Outcome.Of(new JsonObject
        {
            ["source_version"] = source,
            ["target_version"] = target,
            ["events_migrated"] = 0,
            ["changes"] = changes,
            ["migration_event_id"] = dry ? null : change?.EventId,
            ["dry_run"] = dry,
        });
    }
}
