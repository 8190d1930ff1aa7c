using System.CommandLine;
using System.Text.Json.Nodes;
using Granary.Cli.Hosting;
using Granary.Cli.Output;
using Granary.Cli.Vaults;
using Granary.Vault.Keys;
using Granary.Vault.Psmc;
using Granary.Vault.Psmc.Export;
using Granary.Vault.Storage;

namespace Granary.Cli.Commands.Psmc;

/// <summary>A command that writes a readable document into the vault.</summary>
internal abstract class PsmcDocumentCommand(string name, string description) : PsmcCommand(name, description)
{
    public override async Task<Outcome> RunAsync(Run run, CancellationToken cancellation)
    {
        var place = Place(run);
        await using var writer = await FolderPsmcWriter.OpenAsync(place, run.Time, cancellation);
        var document = await WriteAsync(writer.Vault, run, cancellation);
        await writer.Vault.Log.WriteDocumentAsync(document, derived: false, cancellation);
        var path = Path.Combine(place.Folder, document.Name);
        var text = System.Text.Encoding.UTF8.GetString(document.Content.Span);
        return new Outcome(new JsonObject { ["path"] = path, ["markdown"] = text }, screen => Show(screen, path, text));
    }

    protected abstract Task<VaultDocument> WriteAsync(PsmcVault vault, Run run, CancellationToken cancellation);

    protected abstract void Show(Screen screen, string path, string text);
}

/// <summary><c>psmc digest</c>.</summary>
internal sealed class PsmcDigestCommand : PsmcDocumentCommand
{
    private readonly Option<int> _weeks;

    public PsmcDigestCommand() : base("digest", "Writes a digest of the last weeks to digests/ and prints it.") =>
        _weeks = With(NumberOption.Or("--weeks", "How many weeks", 1, "N"));

    protected override Task<VaultDocument> WriteAsync(PsmcVault vault, Run run, CancellationToken cancellation) =>
        PsmcDigest.WriteAsync(vault.Log, run.Get(_weeks), run.Time.GetUtcNow(), cancellation);

    protected override void Show(Screen screen, string path, string text)
    {
        screen.Document(text.TrimEnd('\n'));
        screen.Line($"Digest written: {path}");
    }
}

/// <summary><c>psmc export</c>.</summary>
internal sealed class PsmcExportCommand : PsmcDocumentCommand
{
    public PsmcExportCommand() : base("export", "Writes all events as Markdown to export.md.") => OneOf("--format", "The only one", "markdown", "markdown");

    protected override async Task<VaultDocument> WriteAsync(PsmcVault vault, Run run, CancellationToken cancellation) => new(
        PsmcExport.FileName, await PsmcExport.WriteAsync(vault.Log, vault.Metadata, run.Time.GetUtcNow(), int.MaxValue, cancellation));

    protected override void Show(Screen screen, string path, string text) => screen.Line($"Exported to: {path}");
}

/// <summary><c>psmc rotate-key</c>.</summary>
internal sealed class PsmcRotateKey() : PsmcCommand("rotate-key", "Puts a new key in the active one's place, endorsed by the old one, whose private half goes.")
{
    public override async Task<Outcome> RunAsync(Run run, CancellationToken cancellation)
    {
        await using var writer = await FolderPsmcWriter.OpenAsync(Place(run), run.Time, cancellation);
        using var next = SigningKey.Generate();
        var old = writer.Vault.PublicKey.KeyId;
        var change = await PsmcRotation.PlanAsync(writer.Vault, next, Guid.NewGuid(), run.Time.GetUtcNow(), cancellation);
        await PsmcRotation.ApplyAsync(writer.Vault, change, cancellation);
        return new Outcome(
            new JsonObject { ["old_key_fingerprint"] = old, ["new_key_fingerprint"] = next.PublicKey.KeyId, ["event_id"] = change.Event.EventId },
            screen => screen.Fields(("Old fingerprint", old), ("New fingerprint", next.PublicKey.KeyId), ("Retired public key in", "keys/retired/")));
    }
}

/// <summary><c>psmc sync</c>.</summary>
internal sealed class PsmcSyncCommand : PsmcCommand
{
    private readonly Argument<string> _remote;
    private readonly Option<string[]> _trust;

    public PsmcSyncCommand() : base("sync", "Takes another PSMC vault's events in: verified, appended and signed anew with where they come from; all or none.")
    {
        _remote = WithArgument("REMOTE", "The other vault's folder");
        _trust = With(new Option<string[]>("--trust")
        {
            Description = "A key of the other vault that you vouch for; may be repeated",
            HelpName = "KEY_ID",
            DefaultValueFactory = _ => [],
        });
    }

    public override async Task<Outcome> RunAsync(Run run, CancellationToken cancellation)
    {
        using var other = VaultPlace.At(run.Get(_remote)).Expect(psmc: true).Read();
        await using var writer = await FolderPsmcWriter.OpenAsync(Place(run), run.Time, cancellation);
        var plan = await PsmcSync.PlanAsync(writer.Vault, other, run.Get(_trust) ?? [], cancellation);
        if (plan.Success && plan.Imported > 0
            && await writer.Vault.Log.AppendAsync(writer.Vault.Log.Head, plan.Change.Entries, cancellation) is not AppendOutcome.Appended)
            throw new VaultStorageException(VaultStorageFailure.Locked, "Somebody else appended at the same time; nothing was written.");
        return new Outcome(
            new JsonObject
            {
                ["success"] = plan.Success,
                ["merged"] = plan.Imported,
                ["present"] = plan.Present,
                ["errors"] = new JsonArray([.. plan.Errors.Select(error => (JsonNode)error)]),
            },
            screen =>
            {
                foreach (var error in plan.Errors)
                    screen.Line($"  {error}");
                screen.Verdict(plan.Success, plan.Success ? $"{plan.Imported} event(s) taken, {plan.Present} were here already." : "nothing was taken.");
            },
            plan.Success ? 0 : 1);
    }
}
