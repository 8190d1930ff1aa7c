using System.Text;
using Granary.Vault.Storage;
using Granary.Vault.Transparency;

namespace Granary.Tenants.Vaults.Operations.Proofs;

/// <summary>
/// <c>log_checkpoint</c>: <c>origin</c> to <c>{checkpoint, kept, verifier_key, tenant_key}</c>: the log as it is now, signed as a C2SP checkpoint with
/// the vault's key and that of its tenant, where it has one; the last one that enough witnesses signed, or null; the verifier keys. Served as a path of HTTP, not as a tool: its readers are the programs of other logs.
/// </summary>
internal sealed class LogCheckpointOperation() : VaultOperation("log_checkpoint")
{
    public override async Task<VaultResult> RunAsync(VaultOperationContext context)
    {
        var origin = context.Arguments.Required("origin");
        if (!NoteKey.IsName(origin))
            throw OperationArguments.Wrong("origin has no spaces, no control characters and no '+', and at most 512 characters.");
        var (note, key) = await context.Vault.CheckpointAsync(context.Name, origin, context.Time, context.Cancellation);
        var tenant = context.Door.Tenant is { } signer ? await signer.SignAsync(LogCheckpoint.Parse(note.Text), context.Cancellation) : null;
        var kept = await CosignedCheckpoint.ReadAsync(context.Log, origin, context.Cancellation);
        return Results.Object(json =>
        {
            json.WriteString("checkpoint", Encoding.UTF8.GetString((tenant is null ? note : note.With(tenant.Signature)).Write()));
            json.WriteText("kept", kept is null ? null : Encoding.UTF8.GetString(kept.Write()));
            json.WriteString("verifier_key", key.ToString());
            json.WriteText("tenant_key", tenant?.Key.ToString());
        });
    }
}

/// <summary><c>log_tile</c>: <c>tile</c>, what follows <c>tile/</c> in a tile's path, to <c>{bytes}</c> in Base64.</summary>
internal sealed class LogTileOperation() : VaultOperation("log_tile")
{
    public override async Task<VaultResult> RunAsync(VaultOperationContext context)
    {
        var path = context.Arguments.Required("tile");
        var tile = TileAddress.TryParse(path, out var address) ? await context.Vault.ReadTileAsync(address, context.Cancellation) : null;
        return tile is null
            ? throw new TenantException(TenantFailure.NotFound, $"The log has no tile \"{path}\".")
            : Results.Object(json => json.WriteBase64String("bytes", tile));
    }
}

/// <summary>
/// <c>log_keep</c>: <c>checkpoint</c>, one that this vault signed and witnesses have signed since; kept beside the vault, and never replaced by an older
/// one. It changes nothing in the vault.
/// </summary>
internal sealed class LogKeepOperation() : VaultOperation("log_keep")
{
    public override async Task<VaultResult> RunAsync(VaultOperationContext context)
    {
        try
        {
            var note = SignedNote.Read(Encoding.UTF8.GetBytes(context.Arguments.LongText("checkpoint", SignedNote.MaxBytes)));
            var checkpoint = LogCheckpoint.Parse(note.Text);
            if (!note.IsSignedBy(new NoteKey(checkpoint.Origin, NoteKeyKind.Log, context.Vault.Signer.PublicKey)) || checkpoint.Size > context.Log.Head.Count)
                throw OperationArguments.Wrong("checkpoint is not one of this vault.");
            var kept = await CosignedCheckpoint.WriteAsync(context.Log, note, checkpoint.Size, context.Cancellation);
            return Results.Object(json => json.WriteBoolean("kept", kept));
        }
        catch (FormatException failure)
        {
            throw new TenantException(TenantFailure.InvalidInput, failure.Message, null, failure);
        }
    }
}

/// <summary>The youngest checkpoint that enough witnesses signed, beside the vault.</summary>
internal static class CosignedCheckpoint
{
    private const string Name = "cosigned-checkpoint";

    public static async Task<SignedNote?> ReadAsync(IVaultLog log, string origin, CancellationToken cancellation)
    {
        if (await log.ReadBesideAsync(Name, cancellation) is not { } bytes)
            return null;
        try
        {
            var note = SignedNote.Read(bytes.Span);
            return LogCheckpoint.Parse(note.Text).Origin == origin ? note : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    public static Task<bool> WriteAsync(IVaultLog log, SignedNote note, long size, CancellationToken cancellation) =>
        log.WriteBesideAsync(new VaultDocument(Name, note.Write()), size, cancellation);
}
