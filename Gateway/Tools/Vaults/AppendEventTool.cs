using System.Runtime.InteropServices;
using Granary.Gateway.Access;
using Granary.Tenants;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Tools.Vaults;

/// <summary><c>append_event</c>, as Provara's server has it, with the fields that were always null filled in.</summary>
internal sealed class AppendEventTool(VaultAccess access) : VaultTool(access)
{
    public override Tool Definition { get; } = ToolDefinition.Create(
        "append_event",
        "Append event",
        "Append a signed event to a vault. When it answers, the event is durable. Repeat with the same idempotency_key to be sure it is appended once.",
        $$"""
        {"type":"object","properties":{
          {{VaultArgument.VaultPath.Properties}},
          "event_type":{"type":"string","minLength":1,"maxLength":128,"description":"For example note, decision, belief, reflection, milestone, correction, or OBSERVATION"},
          "data":{"type":"object","description":"The event's content: any JSON object up to 1 MiB; the payload of a Backpack event"},
          "tags":{"anyOf":[{"type":"array","items":{"type":"string","maxLength":256},"maxItems":64},{"type":"null"}],"default":null},
          "emit_provara":{"type":"boolean","default":false,"description":"Also write the bridge event that Provara's reducer reads, and return its state hash"},
          "actor":{"type":"string","minLength":1,"maxLength":256,"description":"Backpack only: whose chain the event belongs to; provara_user where left out"},
          "namespace":{"type":"string","description":"Backpack only: canonical, local, contested or archived; what the type asks for where left out"},
          "encrypt":{"type":"boolean","default":false,"description":"Backpack only: encrypt the payload with a key of its own, which shred_event can destroy"},
          "idempotency_key":{"type":"string","minLength":1,"maxLength":128,"description":"The same key with the same content appends once"}
        },"required":["vault_path","event_type","data"]}
        """,
        """
        {"type":"object","properties":{
          "event_id":{"type":"string"},"hash":{"type":"string"},"timestamp":{"type":"string"},
          "provara_event_id":{"anyOf":[{"type":"string"},{"type":"null"}],"description":"Only with emit_provara"},
          "state_hash":{"anyOf":[{"type":"string"},{"type":"null"}],"description":"Only with emit_provara"},
          "position":{"type":"integer","minimum":0},"replayed":{"type":"boolean","description":"True when the idempotency key was known and nothing was appended"}
        },"required":["event_id","hash","timestamp","provara_event_id","state_hash","position","replayed"]}
        """,
        ToolEffect.Adds.ToAnnotations());

    public override string? Scope => Scopes.VaultAppend;

    protected override async ValueTask<ToolResult> CallAsync(ToolCall call, IVault vault, VaultName name)
    {
        var receipt = await vault.AppendAsync(
            new AppendEvent(
                call.Arguments.GetProperty("event_type").GetString()!,
                JsonMarshal.GetRawUtf8Value(call.Arguments.GetProperty("data")).ToArray())
            {
                Tags = Optional(call, "tags")?.EnumerateArray().Select(t => t.GetString()!).ToList(),
                EmitProvara = Optional(call, "emit_provara")?.GetBoolean() ?? false,
                Actor = Text(call, "actor"),
                Namespace = Text(call, "namespace"),
                Encrypt = Optional(call, "encrypt")?.GetBoolean() ?? false,
                IdempotencyKey = Text(call, "idempotency_key"),
            },
            call.Cancellation);
        return ToolResult.Object(json =>
        {
            json.WriteString("event_id", receipt.EventId);
            json.WriteString("hash", receipt.Hash);
            json.WriteString("timestamp", receipt.Timestamp);
            json.WriteString("provara_event_id", receipt.ProvaraEventId);
            json.WriteString("state_hash", receipt.StateHash);
            json.WriteNumber("position", receipt.Position);
            json.WriteBoolean("replayed", receipt.Replayed);
        });
    }
}
