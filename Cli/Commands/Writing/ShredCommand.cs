using System.CommandLine;
using System.Text.Json.Nodes;
using Granary.Cli.Hosting;
using Granary.Cli.Vaults;
using Granary.Vault.Backpack.Changes;

namespace Granary.Cli.Commands.Writing;

/// <summary><c>shred</c>: data keys go, and with them what was encrypted.</summary>
internal sealed class ShredCommand : WritingCommand
{
    private readonly Option<string?> _event;
    private readonly Option<string?> _target;
    private readonly Option<string> _reason;
    private readonly Option<string> _authority;
    private readonly Option<string?> _detail;

    public ShredCommand() : base("shred", "Destroys the data keys of an event's or an actor's encrypted payloads; a signed event says so.")
    {
        _event = Text("--event", "The event's id");
        _target = Text("--actor", "... or the actor all of whose encrypted events go");
        _reason = OneOf("--reason", "Why", "GDPR_ERASURE", [.. Redaction.Reasons]);
        _authority = TextOr("--authority", "Who ordered it", "System");
        _detail = Text("--detail", "More about the reason; it stays for ever");
        Validators.Add(given =>
        {
            if (Has(given, _event) == Has(given, _target))
                given.AddError("Name what to shred with --event ID or with --actor NAME.");
        });
    }

    public override async Task<Outcome> RunAsync(Run run, CancellationToken cancellation)
    {
        await using var writer = await OpenAsync(run, cancellation);
        using var keys = await DataKeys.FindAsync(Place(run), writer.Vault.Log, run.Host, cancellation) ?? throw new CliFailure(
            "There is nothing to shred", $"the vault has no {DataKeys.ConfigName}, so its payloads are not encrypted",
            "use provara redact", "provara redact --help");
        var plan = await Shredding.PlanAsync(writer.Vault, new ShredRequest(run.Get(_reason)!)
        {
            TargetEventId = run.Get(_event),
            TargetActor = run.Get(_target),
            Authority = run.Get(_authority)!,
            Detail = run.Get(_detail),
        }, keys.Store, writer.Now, cancellation);
        await writer.ApplyAsync(plan.Change, cancellation);
        var destroyed = await Shredding.DestroyAsync(plan, keys.Store, CancellationToken.None);
        return Done(plan.Change.EventId, $"Shredded, {destroyed} data key(s) destroyed. Event", new JsonObject { ["keys_destroyed"] = destroyed });
    }
}
