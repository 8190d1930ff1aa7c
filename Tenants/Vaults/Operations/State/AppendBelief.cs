using System.Text;
using System.Text.Json;
using Granary.Vault.Canonical;
using Granary.Vault.Reducer;

namespace Granary.Tenants.Vaults.Operations.State;

/// <summary>
/// <c>append_belief</c>, which serves <c>append_observation</c> and <c>append_assertion</c>: <c>event_type</c> (<c>OBSERVATION</c>), <c>subject</c>,
/// <c>predicate</c>, <c>value</c> (any JSON), <c>confidence</c>, <c>namespace</c>, <c>actor</c>, <c>encrypt</c> to <c>{success, event_id, event_hash,
/// event_type, belief_key, position, new_event_count, new_state_hash, belief_status, replayed}</c>. The last four are of the vault as it is when the
/// event is in it. Backpack only.
/// </summary>
internal sealed class AppendBelief() : VaultOperation("append_belief")
{
    public override AccessRights Needs => AccessRights.Append;

    public override bool Writes => true;

    public override async Task<VaultResult> RunAsync(VaultOperationContext context)
    {
        context.Backpack(Name);
        var arguments = context.Arguments;
        var type = arguments.Choice("event_type", "OBSERVATION", "OBSERVATION", "ASSERTION", "ATTESTATION", "RETRACTION");
        var key = $"{arguments.Required("subject")}:{arguments.Required("predicate")}";
        var receipt = await context.Door.AppendAsync(
            new AppendEvent(type, Payload(arguments, type))
            {
                Actor = arguments.Text("actor"),
                Namespace = arguments.Text("namespace"),
                Encrypt = arguments.Flag("encrypt"),
                IdempotencyKey = context.Call.IdempotencyKey,
                RetryKey = context.Call.RetryKey,
            },
            context.Cancellation);
        // The event is durable by now: the rest of the result describes the vault as it is.
        return await context.Vault.State.UseAsync(state => Describe(type, key, receipt, state), context.Progress, context.Cancellation);
    }

    private static VaultResult Describe(string type, string key, AppendReceipt receipt, ReducerV0 state)
    {
        var sections = state.SectionsOf(key);
        return Results.Object(json =>
        {
            json.WriteBoolean("success", true);
            json.WriteString("event_id", receipt.EventId);
            json.WriteString("event_hash", receipt.Hash);
            json.WriteString("event_type", type);
            json.WriteString("belief_key", key);
            json.WriteNumber("position", receipt.Position);
            json.WriteNumber("new_event_count", state.EventCount);
            json.WriteString("new_state_hash", state.StateHash());
            json.WriteText("belief_status", sections.Count > 0 ? Encoding.ASCII.GetString(BeliefNames.Of(sections[0])) : null);
            json.WriteBoolean("replayed", receipt.Replayed);
        });
    }

    private static byte[] Payload(OperationArguments arguments, string type)
    {
        using var payload = new PooledBuffer(512);
        payload.Write("{\"subject\":"u8);
        JsonString.Write(arguments.Required("subject"), payload);
        payload.Write(",\"predicate\":"u8);
        JsonString.Write(arguments.Required("predicate"), payload);
        if (arguments.Find("value") is { } value)
            Member(payload, ",\"value\":"u8, value);
        else if (type != "RETRACTION")
            throw OperationArguments.Wrong("value is required.");
        if (arguments.Find("confidence") is { } confidence)
            Member(payload, ",\"confidence\":"u8, Confidence(confidence));
        payload.Write((byte)'}');
        return payload.Written.ToArray();
    }

    private static JsonElement Confidence(JsonElement confidence) =>
        confidence.ValueKind == JsonValueKind.Number && confidence.TryGetDouble(out var number) && number is >= 0 and <= 1
            ? confidence
            : throw OperationArguments.Wrong("confidence must be a number from 0 to 1.");

    private static void Member(PooledBuffer payload, ReadOnlySpan<byte> name, JsonElement value)
    {
        payload.Write(name);
        payload.Write(Encoding.UTF8.GetBytes(value.GetRawText()));
    }
}
