using System.Security.Cryptography;
using System.Text;
using Granary.Vault.Canonical;
using Granary.Vault.Keys;

namespace Granary.Vault.Psmc.Events;

/// <summary>Writes bridge events: Provara events that say what a PSMC event says, linked to each other in a file of their own.</summary>
internal sealed class BridgeEventBuilder(SigningKey key) : IDisposable
{
    private readonly string _actor = key.PublicKey.KeyId;
    private readonly PooledBuffer _text = new(4096);

    public (byte[] Line, string EventId) Build(PreparedEvent prepared, string timestamp, string? previousId)
    {
        var bridge = prepared.Bridge!;
        // The id is taken before the key id is added: the way of the reference's bridge ("style B").
        Write(prepared, bridge, timestamp, previousId, null, null);
        var id = "evt_" + Convert.ToHexStringLower(SHA256.HashData(_text.Written).AsSpan(0, 12));
        Write(prepared, bridge, timestamp, previousId, id, null);
        Write(prepared, bridge, timestamp, previousId, id, key.SignToBase64(_text.Written));
        return (_text.Written.ToArray(), id);
    }

    public void Dispose() => _text.Dispose();

    private void Write(PreparedEvent prepared, BridgePayload bridge, string timestamp, string? previousId, string? id, string? signature)
    {
        _text.Clear();
        WriteAscii($"{{\"actor\":\"{_actor}\"");
        if (id is not null)
            WriteAscii($",\"actor_key_id\":\"{_actor}\",\"event_id\":\"{id}\"");
        _text.Write(",\"payload\":{\"confidence\":"u8);
        _text.Write(bridge.Confidence);
        WriteAscii($",\"predicate\":\"{prepared.Type}\",\"subject\":");
        _text.Write(bridge.Subject);
        WriteAscii($",\"timestamp\":\"{timestamp}\",\"value\":");
        _text.Write(prepared.Data.Span);
        _text.Write("},\"prev_event_hash\":"u8);
        if (previousId is null)
            _text.Write("null"u8);
        else
            JsonString.Write(previousId, _text);
        if (signature is not null)
            WriteAscii($",\"sig\":\"{signature}\"");
        WriteAscii($",\"type\":\"{bridge.Kind}\"}}");
    }

    private void WriteAscii(string text) => _text.Advance(Encoding.ASCII.GetBytes(text, _text.GetSpan(text.Length)));
}
