using Granary.Vault.Proofs;

namespace Granary.Tenants.Vaults.Operations.Proofs;

/// <summary>
/// <c>get_signed_head</c>: the vault's signed head (see <see cref="SignedHead"/>), and <c>public_key</c> to check it with.
/// </summary>
internal sealed class GetSignedHead() : VaultOperation("get_signed_head")
{
    public override async Task<VaultResult> RunAsync(VaultOperationContext context)
    {
        var head = await context.SignedHeadAsync();
        return Results.Object(json =>
        {
            json.WritePropertyName("signed_head");
            json.WriteRawValue(head.Write(), skipInputValidation: true);
            json.WriteString("public_key", context.Vault.Describe(context.Name).PublicKey);
        });
    }
}

/// <summary>
/// <c>prove_event</c>: <c>event_id</c> or <c>position</c> to <c>{proof, public_key}</c>: the event, its inclusion proof and a signed head, which a
/// third party checks with the public key alone.
/// </summary>
internal sealed class ProveEvent() : VaultOperation("prove_event")
{
    public override async Task<VaultResult> RunAsync(VaultOperationContext context)
    {
        var head = await context.SignedHeadAsync();
        var proof = await new EventTreeReader(context.Log, context.Log.Format.Entries)
            .ProveEventAsync(await PositionAsync(context), head, context.Cancellation);
        return Results.Object(json =>
        {
            json.WritePropertyName("proof");
            json.WriteRawValue(proof.Write(), skipInputValidation: true);
            json.WriteString("public_key", context.Vault.Describe(context.Name).PublicKey);
        });
    }

    private static async Task<long> PositionAsync(VaultOperationContext context)
    {
        if (context.Arguments.Find("position") is not null)
            return context.Arguments.Number("position", 0, 0, int.MaxValue);
        var id = context.Arguments.Text("event_id") ?? throw OperationArguments.Wrong("event_id or position is required.");
        return (await context.FindEventAsync(id))?.Position
            ?? throw new TenantException(TenantFailure.NotFound, $"There is no event \"{id}\" in the vault \"{context.Name}\".");
    }
}

/// <summary>
/// <c>prove_consistency</c>: <c>first_count</c>, <c>second_count</c> (the log's) to <c>{proof, signed_head, public_key}</c>: nothing of the first so
/// many events was changed or removed. <c>signed_head</c> is null where the second count is not the log's.
/// </summary>
internal sealed class ProveConsistency() : VaultOperation("prove_consistency")
{
    public override async Task<VaultResult> RunAsync(VaultOperationContext context)
    {
        if (context.Arguments.Find("first_count") is null)
            throw OperationArguments.Wrong("first_count is required.");
        var head = await context.SignedHeadAsync();
        var first = context.Arguments.Number("first_count", 0, 0, int.MaxValue);
        var second = context.Arguments.Find("second_count") is null ? head.Count : context.Arguments.Number("second_count", 0, 0, int.MaxValue);
        var proof = await new EventTreeReader(context.Log, context.Log.Format.Entries).ProveConsistencyAsync(first, second, context.Cancellation);
        return Results.Object(json =>
        {
            json.WritePropertyName("proof");
            json.WriteRawValue(proof.Write(), skipInputValidation: true);
            json.WritePropertyName("signed_head");
            if (second == head.Count)
                json.WriteRawValue(head.Write(), skipInputValidation: true);
            else
                json.WriteNullValue();
            json.WriteString("public_key", context.Vault.Describe(context.Name).PublicKey);
        });
    }
}
