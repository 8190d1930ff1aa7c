using Granary.Tenants.Vaults.Formats;
using Granary.Vault.Backpack.Changes;
using Granary.Vault.Storage;

namespace Granary.Tenants.Vaults.Operations.Changes;

/// <summary><c>seal_vault</c> to <c>{success, seal_event_id, event_count}</c>: the vault takes no more events. Sealing again returns the first seal.</summary>
internal sealed class SealVault() : ChangeOperation("seal_vault")
{
    public override AccessRights Needs => AccessRights.Admin;

    protected override Task<VaultChange> PlanAsync(VaultOperationContext context, BackpackWriter writer) =>
        VaultSeal.PlanAsync(writer.Vault, context.Time.GetUtcNow(), CancellationToken.None);

    protected override VaultResult Describe(VaultOperationContext context, BackpackWriter writer, VaultChange change) => Results.Object(json =>
    {
        json.WriteBoolean("success", true);
        json.WriteString("seal_event_id", change.EventId);
        json.WriteNumber("event_count", writer.Log.Head.Count + change.Entries.Count);
    });
}
