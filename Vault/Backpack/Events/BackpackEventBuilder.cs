using System.Globalization;
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
/// Writes event lines: id of style A, link, counter, one signature. Bytes follow from key, time, link and input alone. Not for use by several
/// threads at once.
/// </summary>
public sealed class BackpackEventBuilder(SigningKey key) : IDisposable
{
    private const int SignatureDigits = 88;

    private readonly byte[] _keyId = Encoding.ASCII.GetBytes(key.PublicKey.KeyId);
    private readonly PooledBuffer _text = new(4096);
    private readonly PooledBuffer _signed = new(4096);

    /// <summary>The id of the key that signs.</summary>
    public string KeyId => key.PublicKey.KeyId;

    /// <summary>Builds the event that follows <paramref name="link"/>. Its time is never before that of the actor's last event.</summary>
    public BuiltBackpackEvent Build(PreparedBackpackEvent prepared, ChainLink link, DateTimeOffset time)
    {
        var timestamp = link.Timestamp(time);
        // All but id and signature, which are put in at these places: members stand in alphabetical order.
        var (idAt, signatureAt) = Write(prepared, link, timestamp);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(_text.Written, digest);
        var id = "evt_" + Convert.ToHexStringLower(digest[..12]);
        var text = _text.Written;
        _signed.Clear();
        _signed.Write(text[..idAt]);
        WriteAscii(_signed, ",\"event_id\":\"");
        WriteAscii(_signed, id);
        _signed.Write((byte)'"');
        signatureAt += _signed.Length - idAt;
        _signed.Write(text[idAt..]);
        Span<byte> signature = stackalloc byte[SigningKey.SignatureLength];
        key.Sign(_signed.Written, signature);
        Span<byte> encoded = stackalloc byte[SignatureDigits];
        System.Buffers.Text.Base64.EncodeToUtf8(signature, encoded, out _, out _);
        var line = Splice(_signed.Written, signatureAt, encoded);
        return new BuiltBackpackEvent(new LogEntry(EntryHash(id, encoded), line, default), id, timestamp);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _text.Dispose();
        _signed.Dispose();
    }

    private (int IdAt, int SignatureAt) Write(PreparedBackpackEvent prepared, ChainLink link, string timestamp)
    {
        _text.Clear();
        _text.Write("{\"actor\":"u8);
        JsonString.Write(prepared.Actor, _text);
        _text.Write(",\"actor_key_id\":\""u8);
        _text.Write(_keyId);
        _text.Write((byte)'"');
        var idAt = _text.Length;
        _text.Write(",\"namespace\":\""u8);
        WriteAscii(_text, prepared.Namespace);
        _text.Write("\",\"payload\":"u8);
        _text.Write(prepared.Payload.Span);
        _text.Write(",\"prev_event_hash\":"u8);
        if (link.PreviousId is null)
            _text.Write("null"u8);
        else
            JsonString.Write(link.PreviousId, _text);
        var signatureAt = _text.Length;
        _text.Write(",\"timestamp_utc\":\""u8);
        WriteAscii(_text, timestamp);
        _text.Write("\",\"ts_logical\":"u8);
        link.LogicalTime.TryFormat(_text.GetSpan(20), out var written, default, CultureInfo.InvariantCulture);
        _text.Advance(written);
        _text.Write(",\"type\":\""u8);
        WriteAscii(_text, prepared.Type);
        _text.Write("\"}"u8);
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

    private static void WriteAscii(PooledBuffer output, string text) => output.Advance(Encoding.ASCII.GetBytes(text, output.GetSpan(text.Length)));
}
