using System.Text.Json;
using Granary.Tenants.Vaults.Formats;
using Granary.Vault.Backpack.Changes;
using Granary.Vault.Storage;

namespace Granary.Tenants.Vaults.Operations.Changes;

/// <summary>
/// <c>shred_event</c>: <c>event_id</c> or <c>actor</c>, <c>reason</c>, <c>reason_detail</c>, <c>authority</c> to <c>{success, shred_event_id,
/// keys_destroyed, event_count}</c>: the keys of encrypted payloads are destroyed, for ever. A repeat finishes what a crash interrupted.
/// </summary>
internal sealed class ShredEvent() : ChangeOperation("shred_event")
{
    public override AccessRights Needs => AccessRights.Admin;

    public override Task<VaultResult> RunAsync(VaultOperationContext context)
    {
        // Whether it is new or finishes an earlier one: keys would be destroyed.
        context.RefuseIfHeld();
        return base.RunAsync(context);
    }

    protected override void Check(OperationArguments arguments) => arguments.Required("reason");

    protected override async Task<VaultChange> PlanAsync(VaultOperationContext context, BackpackWriter writer)
    {
        var arguments = context.Arguments;
        var request = new ShredRequest(arguments.Required("reason"))
        {
            TargetEventId = arguments.Text("event_id"),
            TargetActor = arguments.Text("actor"),
            Detail = arguments.Text("reason_detail"),
        };
        var plan = await Shredding.PlanAsync(
            writer.Vault,
            arguments.Text("authority") is { } authority ? request with { Authority = authority } : request,
            writer.DataKeys,
            context.Time.GetUtcNow(),
            CancellationToken.None);
        return new Shred(plan);
    }

    protected override async Task AfterAsync(BackpackWriter writer, VaultResult result)
    {
        using var json = JsonDocument.Parse(result.Json);
        await Shredding.FinishAsync(writer.Log, json.RootElement.GetProperty("shred_event_id").GetString()!, writer.DataKeys, CancellationToken.None);
    }

    protected override VaultResult Describe(VaultOperationContext context, BackpackWriter writer, VaultChange change) => Results.Object(json =>
    {
        json.WriteBoolean("success", true);
        json.WriteString("shred_event_id", change.EventId);
        json.WriteNumber("keys_destroyed", ((Shred)change).Plan.KeyIds.Count);
        json.WriteNumber("event_count", writer.Log.Head.Count + change.Entries.Count);
    });

    private sealed record Shred(ShredPlan Plan) : VaultChange(Plan.Change);
}
