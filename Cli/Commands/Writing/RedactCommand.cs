using System.CommandLine;
using System.Text.Json.Nodes;
using Granary.Cli.Hosting;
using Granary.Vault.Backpack.Changes;

namespace Granary.Cli.Commands.Writing;

/// <summary><c>redact</c>: a payload goes, a tombstone and a signed event stay.</summary>
internal sealed class RedactCommand : WritingCommand
{
    private readonly Option<string> _target;
    private readonly Option<string> _reason;
    private readonly Option<string> _authority;
    private readonly Option<string?> _detail;
    private readonly Option<string> _method;
    private readonly Option<string> _actor;

    public RedactCommand() : base("redact", "Takes an event's payload away for good; its id, signature and links stay, and a signed event says who did it.")
    {
        _target = RequiredText("--target", "The event's id");
        _reason = RequiredText("--reason", $"One of {string.Join(", ", Redaction.Reasons)}");
        _reason.AcceptOnlyFromAmong([.. Redaction.Reasons]);
        _authority = TextOr("--authority", "Who ordered it", "Provara CLI User");
        _detail = Text("--detail", "More about the reason; it stays for ever");
        _method = OneOf("--method", "Recorded; all do the same", "TOMBSTONE", [.. Redaction.Methods]);
        _actor = TextOr("--actor", "Whose chain the redaction joins", "provara_redactor");
    }

    public override async Task<Outcome> RunAsync(Run run, CancellationToken cancellation)
    {
        await using var writer = await OpenAsync(run, cancellation);
        var request = new RedactionRequest(run.Get(_target)!, run.Get(_reason)!)
        {
            Authority = run.Get(_authority)!,
            Detail = run.Get(_detail),
            Method = run.Get(_method)!,
            Actor = run.Get(_actor)!,
        };
        var change = await Redaction.PlanAsync(writer.Vault, request, writer.Now, cancellation);
        await writer.ApplyAsync(change, cancellation);
        var did = change.Entries.Count > 0 ? "Redacted. Redaction event" : "It was redacted before. Redaction event";
        return Done(change.EventId, did, new JsonObject { ["target_event_id"] = request.TargetEventId, ["already_redacted"] = change.Entries.Count == 0 });
    }
}
