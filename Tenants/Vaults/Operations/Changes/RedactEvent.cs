using Granary.Tenants.Vaults.Formats;
using Granary.Vault.Backpack.Changes;
using Granary.Vault.Storage;

namespace Granary.Tenants.Vaults.Operations.Changes;

/// <summary>
/// <c>redact_event</c>: <c>event_id</c>, <c>reason</c>, <c>reason_detail</c>, <c>method</c>, <c>authority</c>, <c>actor</c> to <c>{success,
/// redaction_event_id, target_event_id, event_count}</c>: the payload gives way to a tombstone, for ever.
/// </summary>
internal sealed class RedactEvent() : ChangeOperation("redact_event")
{
    public override AccessRights Needs => AccessRights.Admin;

    protected override void Check(OperationArguments arguments)
    {
        arguments.Required("event_id");
        arguments.Required("reason");
    }

    protected override Task<VaultChange> PlanAsync(VaultOperationContext context, BackpackWriter writer)
    {
        var arguments = context.Arguments;
        var request = new RedactionRequest(arguments.Required("event_id"), arguments.Required("reason")) { Detail = arguments.Text("reason_detail") };
        request = request with
        {
            Method = arguments.Text("method") ?? request.Method,
            Authority = arguments.Text("authority") ?? request.Authority,
            Actor = arguments.Text("actor") ?? request.Actor,
        };
        return Redaction.PlanAsync(writer.Vault, request, context.Time.GetUtcNow(), CancellationToken.None);
    }

    protected override VaultResult Describe(VaultOperationContext context, BackpackWriter writer, VaultChange change) => Results.Object(json =>
    {
        json.WriteBoolean("success", true);
        json.WriteString("redaction_event_id", change.EventId);
        json.WriteString("target_event_id", context.Arguments.Required("event_id"));
        json.WriteNumber("event_count", writer.Log.Head.Count + change.Entries.Count);
    });
}
