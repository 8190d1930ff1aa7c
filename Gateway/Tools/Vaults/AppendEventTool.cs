using System.Runtime.InteropServices;
using Granary.Gateway.Access;
using Granary.Tenants;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Tools.Vaults;

/// <summary><c>append_event</c>, as Provara's server has it, with the fields that were always null filled in.</summary>
internal sealed class AppendEventTool(ITenants tenants) : VaultTool(tenants)
{
    public override Tool Definition { get; } = ToolDefinition.Create(
        "append_event",
        "Append event",
        "Append a signed event to a vault. When it answers, the event is durable. Repeat with the same idempotency_key to be sure it is appended once.",
        $$"""
        {"type":"object","properties":{
          "vault_path":{{VaultPathSchema}},
          "event_type":{"type":"string","minLength":1,"maxLength":128,"description":"For example note, decision, belief, reflection, milestone, correction, or OBSERVATION"},
          "data":{"type":"object","description":"The event's content: any JSON object up to 1 MiB"},
          "tags":{"anyOf":[{"type":"array","items":{"type":"string","maxLength":256},"maxItems":64},{"type":"null"}],"default":null},
          "emit_provara":{"type":"boolean","default":false,"description":"Also write the bridge event that Provara's reducer reads, and return its state hash"},
          "idempotency_key":{"type":["string","null"],"minLength":1,"maxLength":128,"default":null,"description":"The same key with the same content appends once"}
        },"required":["vault_path","event_type","data"]}
        """,
        """
        {"type":"object","properties":{
          "event_id":{"type":"string"},"hash":{"type":"string"},"timestamp":{"type":"string"},
          "provara_event_id":{"type":["string","null"],"description":"Only with emit_provara"},
          "state_hash":{"type":["string","null"],"description":"Only with emit_provara"},
          "position":{"type":"integer","minimum":0},"replayed":{"type":"boolean","description":"True when the idempotency key was known and nothing was appended"}
        },"required":["event_id","hash","timestamp","provara_event_id","state_hash","position","replayed"]}
        """,
        new ToolAnnotations { ReadOnlyHint = false, DestructiveHint = false, IdempotentHint = false, OpenWorldHint = false });

    public override string? Scope => Scopes.VaultWrite;

    protected override async ValueTask<ToolResult> CallAsync(ToolCall call, IVault vault)
    {
        var receipt = await vault.AppendAsync(
            new AppendEvent(
                call.Arguments.GetProperty("event_type").GetString()!,
                JsonMarshal.GetRawUtf8Value(call.Arguments.GetProperty("data")).ToArray())
            {
                Tags = Optional(call, "tags")?.EnumerateArray().Select(t => t.GetString()!).ToList(),
                EmitProvara = Optional(call, "emit_provara")?.GetBoolean() ?? false,
                IdempotencyKey = Optional(call, "idempotency_key")?.GetString(),
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
