using System.CommandLine;
using System.Text.Json.Nodes;
using Granary.Cli.Hosting;
using Granary.Vault.Backpack.Changes;
using Granary.Vault.Backpack.Events;

namespace Granary.Cli.Commands.Writing;

/// <summary><c>migrate</c>: another version of the specification, said by a signed event.</summary>
internal sealed class MigrateCommand : WritingCommand
{
    private const string GenesisName = "identity/genesis.json";

    private readonly Option<string> _target;
    private readonly Option<bool> _dryRun;

    public MigrateCommand() : base("migrate", "Brings the vault to another version of the specification; a signed event says so.")
    {
        _target = TextOr("--target-version", $"{string.Join(", ", SpecMigration.Versions)} or latest", "latest");
        _dryRun = Switch("--dry-run", "Say what would change and change nothing");
    }

    public override async Task<Outcome> RunAsync(Run run, CancellationToken cancellation)
    {
        if (run.Get(_dryRun))
            return await PreviewAsync(run, cancellation);
        await using var writer = await OpenAsync(run, cancellation);
        var genesis = await writer.Vault.Log.ReadDocumentAsync(GenesisName, cancellation);
        var source = SpecMigration.VersionOf(genesis.GetValueOrDefault().Span);
        var change = await SpecMigration.PlanAsync(writer.Vault, run.Get(_target)!, writer.Now, cancellation);
        if (change is not null)
            await writer.ApplyAsync(change, cancellation);
        return Show(source, Target(run), change is not null, change?.EventId, dry: false);
    }

    // It reads alone, and so needs neither a key nor the vault for itself.
    private async Task<Outcome> PreviewAsync(Run run, CancellationToken cancellation)
    {
        using var reader = Place(run).Expect(psmc: false).Read();
        var genesis = await reader.ReadDocumentAsync(GenesisName, cancellation);
        var source = SpecMigration.VersionOf(genesis.GetValueOrDefault().Span);
        var chains = new BackpackChains();
        await chains.CatchUpAsync(reader, cancellation);
        if (chains.SealEventId is { } seal)
            throw new BackpackInputException($"The vault was sealed by {seal} and takes no more events; go on in a successor vault.");
        return Show(source, Target(run), SpecMigration.Choose(source, run.Get(_target)!) is not null, null, dry: true);
    }

    private string Target(Run run) => run.Get(_target) is "latest" or null ? SpecMigration.Versions[^1] : run.Get(_target)!;

    private static Outcome Show(string source, string target, bool changes, string? eventId, bool dry) => Outcome.Of(new JsonObject
    {
        ["source_version"] = source,
        ["target_version"] = target,
        ["events_migrated"] = 0,
        ["changes"] = changes ? new JsonArray($"genesis.json: spec_version {source} to {target}") : new JsonArray(),
        ["migration_event_id"] = eventId,
        ["dry_run"] = dry,
    });
}
