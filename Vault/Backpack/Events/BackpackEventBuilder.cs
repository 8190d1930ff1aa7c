using System.Security.Cryptography;
using System.Text;
using Granary.Vault.Canonical;
using Granary.Vault.Keys;
using Granary.Vault.Storage;

namespace Granary.Vault.Backpack.Events;

/// <summary>An event ready to append, and what its receipt says.</summary>
/// <param name="Entry">Its line and its entry hash.</param>
/// <param name="EventId">Its id.</param>
/// <param name="Timestamp">Its time as written.</param>
public sealed record BuiltBackpackEvent(LogEntry Entry, string EventId, string Timestamp);

/// <summary>
/// Writes event lines: id of style A, link, counter, one signature. Bytes follow from key, time, link and input alone. It holds no memory between
/// two events: there is one for each active vault.
/// </summary>
public sealed class BackpackEventBuilder(SigningKey key)
{
    private const int SignatureDigits = 88;

    /// <summary>The id of the key that signs.</summary>
    public string KeyId => key.PublicKey.KeyId;

    /// <summary>Builds the event that follows <paramref name="link"/>. Its time is never before that of the actor's last event.</summary>
    public BuiltBackpackEvent Build(PreparedBackpackEvent prepared, ChainLink link, DateTimeOffset time)
    {
        var timestamp = link.Timestamp(time);
        using PooledBuffer text = new(4096), signed = new(4096);
        // All but id and signature, which are put in at these places: members stand in alphabetical order.
        var (idAt, signatureAt) = Write(text, prepared, link, timestamp);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text.Written, digest);
        var id = "evt_" + Convert.ToHexStringLower(digest[..12]);
        signed.Write(text.Written[..idAt]);
        signed.Write(",\"event_id\":\""u8);
        signed.WriteAscii(id);
        signed.Write((byte)'"');
        signatureAt += signed.Length - idAt;
        signed.Write(text.Written[idAt..]);
        Span<byte> signature = stackalloc byte[SigningKey.SignatureLength];
        key.Sign(signed.Written, signature);
        Span<byte> encoded = stackalloc byte[SignatureDigits];
        System.Buffers.Text.Base64.EncodeToUtf8(signature, encoded, out _, out _);
        var line = Splice(signed.Written, signatureAt, encoded);
        return new BuiltBackpackEvent(new LogEntry(EntryHash(id, encoded), line, default), id, timestamp);
    }

    private (int IdAt, int SignatureAt) Write(PooledBuffer text, PreparedBackpackEvent prepared, ChainLink link, string timestamp)
    {
        text.Write("{\"actor\":"u8);
        JsonString.Write(prepared.Actor, text);
        text.Write(",\"actor_key_id\":\""u8);
        text.WriteAscii(KeyId);
        text.Write((byte)'"');
        var idAt = text.Length;
        text.Write(",\"namespace\":\""u8);
        text.WriteAscii(prepared.Namespace);
        text.Write("\",\"payload\":"u8);
        text.Write(prepared.Payload.Span);
        text.Write(",\"prev_event_hash\":"u8);
        if (link.PreviousId is null)
            text.Write("null"u8);
        else
            JsonString.Write(link.PreviousId, text);
        var signatureAt = text.Length;
        text.Write(",\"timestamp_utc\":\""u8);
        text.WriteAscii(timestamp);
        text.Write("\",\"ts_logical\":"u8);
        text.WriteNumber(link.LogicalTime);
        text.Write(",\"type\":\""u8);
        text.WriteAscii(prepared.Type);
        text.Write("\"}"u8);
        return (idAt, signatureAt);
    }

    private static byte[] Splice(ReadOnlySpan<byte> signed, int at, ReadOnlySpan<byte> signature)
    {
        var name = ",\"sig\":\""u8;
        var line = new byte[signed.Length + name.Length + signature.Length + 1];
        signed[..at].CopyTo(line);
        name.CopyTo(line.AsSpan(at));
        signature.CopyTo(line.AsSpan(at + name.Length));
        line[at + name.Length + signature.Length] = (byte)'"';
        signed[at..].CopyTo(line.AsSpan(at + name.Length + signature.Length + 1));
        return line;
    }

    private static string EntryHash(string id, ReadOnlySpan<byte> signature)
    {
        Span<byte> hashed = stackalloc byte[id.Length + SignatureDigits];
        Encoding.ASCII.GetBytes(id, hashed);
        signature.CopyTo(hashed[id.Length..]);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(hashed, digest);
        return Convert.ToHexStringLower(digest);
    }
}
