using System.Security.Cryptography;
using Granary.Vault.Canonical;
using Granary.Vault.Keys;

namespace Granary.Vault.Psmc.Events;

/// <summary>Writes bridge events: Provara events that say what a PSMC event says, linked to each other in a file of their own.</summary>
internal static class BridgeEventBuilder
{
    public static (byte[] Line, string EventId) Build(SigningKey key, PreparedEvent prepared, string timestamp, string? previousId)
    {
        var (bridge, actor) = (prepared.Bridge!, key.PublicKey.KeyId);
        using var text = new PooledBuffer(4096);
        // The id is taken before the key id is added: the way of the reference's bridge ("style B").
        Write(text, actor, prepared, bridge, timestamp, previousId, null, null);
        var id = "evt_" + Convert.ToHexStringLower(SHA256.HashData(text.Written).AsSpan(0, 12));
        Write(text, actor, prepared, bridge, timestamp, previousId, id, null);
        Write(text, actor, prepared, bridge, timestamp, previousId, id, key.SignToBase64(text.Written));
        return (text.Written.ToArray(), id);
    }

    private static void Write(PooledBuffer text, string actor, PreparedEvent prepared, BridgePayload bridge, string timestamp, string? previousId, string? id, string? signature)
    {
        text.Clear();
        text.WriteAscii($"{{\"actor\":\"{actor}\"");
        if (id is not null)
            text.WriteAscii($",\"actor_key_id\":\"{actor}\",\"event_id\":\"{id}\"");
        text.Write(",\"payload\":{\"confidence\":"u8);
        text.Write(bridge.Confidence);
        text.WriteAscii($",\"predicate\":\"{prepared.Type}\",\"subject\":");
        text.Write(bridge.Subject);
        text.WriteAscii($",\"timestamp\":\"{timestamp}\",\"value\":");
        text.Write(prepared.Data.Span);
        text.Write("},\"prev_event_hash\":"u8);
        if (previousId is null)
            text.Write("null"u8);
        else
            JsonString.Write(previousId, text);
        if (signature is not null)
            text.WriteAscii($",\"sig\":\"{signature}\"");
        text.WriteAscii($",\"type\":\"{bridge.Kind}\"}}");
    }
}
