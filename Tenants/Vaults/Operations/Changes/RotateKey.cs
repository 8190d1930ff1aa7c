using Granary.Tenants.Vaults.Formats;
using Granary.Tenants.Vaults.Operations.Psmc;
using Granary.Vault.Backpack;
using Granary.Vault.Keys;
using Granary.Vault.Storage;

namespace Granary.Tenants.Vaults.Operations.Changes;

/// <summary>
/// <c>rotate_key</c>: <c>key_id</c> (the active one), <c>signer_key_id</c>, <c>trust_boundary_event_id</c>, <c>reason</c> to <c>{success,
/// revoked_key_id, new_key_id, new_public_key, promotion_event_id, event_count}</c>. A new key takes the place of one that is not trusted any more;
/// another authority of the vault signs for that, so a vault that is to rotate its key is born with a quorum key. In a PSMC vault, which has one key
/// only, the old key endorses the new one, and the arguments say nothing.
/// </summary>
internal sealed class RotateKey() : ChangeOperation("rotate_key")
{
    public override AccessRights Needs => AccessRights.Admin;

    public override Task<VaultResult> RunAsync(VaultOperationContext context) => context.Vault is PsmcWriter
        ? context.Door.BetweenCommitsAsync(vault => PsmcKeyChange.RunAsync(
            context, (PsmcWriter)vault, KeyedResult.KeyOf(context.Call), KeyedResult.Digest(context.Call)))
        : base.RunAsync(context);

    protected override async Task<VaultChange> PlanAsync(VaultOperationContext context, BackpackWriter writer)
    {
        var arguments = context.Arguments;
        using var promoted = SigningKey.Generate();
        var request = new RotationRequest(arguments.Text("key_id") ?? writer.Vault.PublicKey.KeyId, promoted)
        {
            SignerKeyId = arguments.Text("signer_key_id"),
            BoundaryEventId = arguments.Text("trust_boundary_event_id"),
        };
        var change = await KeyRotation.PlanAsync(
            writer.Vault,
            arguments.Text("reason") is { } reason ? request with { Reason = reason } : request,
            context.Time.GetUtcNow(),
            CancellationToken.None);
        return new Rotation(change, request.RevokedKeyId, promoted.PublicKey.KeyId, Convert.ToBase64String(promoted.PublicKey.Raw));
    }

    protected override VaultResult Describe(VaultOperationContext context, BackpackWriter writer, VaultChange change) => Results.Object(json =>
    {
        var rotation = (Rotation)change;
        json.WriteBoolean("success", true);
        json.WriteString("revoked_key_id", rotation.Revoked);
        json.WriteString("new_key_id", rotation.Promoted);
        json.WriteString("new_public_key", rotation.PublicKey);
        json.WriteString("promotion_event_id", rotation.EventId);
        json.WriteNumber("event_count", writer.Log.Head.Count + rotation.Entries.Count);
    });

    private sealed record Rotation(VaultChange Change, string Revoked, string Promoted, string PublicKey) : VaultChange(Change);
}
