using Granary.Tenants.Vaults.Formats;
using Granary.Tenants.Vaults.Views;
using Granary.Vault.Backpack.Changes;
using Granary.Vault.Backpack.Events;
using Granary.Vault.Canonical;

namespace Granary.Tenants.Vaults.Operations.Reading;

/// <summary>
/// <c>get_event</c>: <c>event_id</c> to <c>{event, position, decrypted_payload}</c>; the last is null for what is not encrypted, or whose key was destroyed.
/// </summary>
internal sealed class GetEvent() : VaultOperation("get_event")
{
    public override async Task<VaultResult> RunAsync(VaultOperationContext context)
    {
        var id = context.Arguments.Required("event_id");
        var (position, line) = await context.FindEventAsync(id)
            ?? throw new TenantException(TenantFailure.NotFound, $"There is no event \"{id}\" in the vault \"{context.Name}\".");
        var decrypted = await DecryptAsync(context, line);
        return Results.Object(json =>
        {
            json.WritePropertyName("event");
            json.WriteRawValue(line.Span, skipInputValidation: true);
            json.WriteNumber("position", position);
            json.WritePropertyName("decrypted_payload");
            json.WriteRawValue(decrypted ?? "null"u8.ToArray());
        });
    }

    private static async Task<byte[]?> DecryptAsync(VaultOperationContext context, ReadOnlyMemory<byte> line)
    {
        if (context.Vault is not BackpackWriter backpack || PayloadOf(line.Span) is not { } payload || EncryptedPayload.KeyIdOf(payload) is null)
            return null;
        return await Shredding.DecryptAsync(payload, backpack.DataKeys, context.Cancellation);
    }

    private static byte[]? PayloadOf(ReadOnlySpan<byte> line)
    {
        using var scratch = new PooledBuffer(line.Length + 16);
        return EventFields.TryRead(line, scratch, out var fields) && !fields.Payload.IsEmpty ? fields.Payload.ToArray() : null;
    }
}
