using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Granary.Vault.Canonical;
using Granary.Vault.Keys;
using Granary.Vault.Storage;

namespace Granary.Vault.Psmc.Events;

/// <summary>
/// Writes the lines of events: event, hash, link, signature. Bytes follow from key, id, time and input alone. It holds no memory
/// between two events: there is one for each active vault.
/// </summary>
public sealed class PsmcEntryBuilder(SigningKey key)
{
    /// <summary>Builds the entry that follows <paramref name="head"/>.</summary>
    /// <param name="prepared">The event.</param>
    /// <param name="head">What it builds on.</param>
    /// <param name="id">Its id: a random UUID.</param>
    /// <param name="time">Its time.</param>
    /// <param name="previousBridgeId">The id of the bridge file's last event, or null when it is empty.</param>
    public BuiltEntry Build(PreparedEvent prepared, LogHead head, Guid id, DateTimeOffset time, string? previousBridgeId)
    {
        return Build(prepared, head, id.ToString("D", CultureInfo.InvariantCulture), EventTimestamp.Format(time), previousBridgeId);
    }

    /// <summary>As the other one, with id and time as they are written.</summary>
    internal BuiltEntry Build(PreparedEvent prepared, LogHead head, string eventId, string timestamp, string? previousBridgeId)
    {
        using var text = new PooledBuffer(4096);
        var (line, hash) = WriteEvent(text, prepared, head, eventId, timestamp);
        var entry = new LogEntry(hash, line, WriteChain(text, head, hash));
        if (prepared.Bridge is null)
            return new BuiltEntry(entry, eventId, timestamp, null);
        var (bridgeLine, bridgeId) = BridgeEventBuilder.Build(key, prepared, timestamp, previousBridgeId);
        return new BuiltEntry(entry with { Bridge = bridgeLine }, eventId, timestamp, bridgeId);
    }

    private static (byte[] Line, string Hash) WriteEvent(PooledBuffer text, PreparedEvent prepared, LogHead head, string id, string timestamp)
    {
        text.Clear();
        text.Write("{\"data\":"u8);
        text.Write(prepared.Data.Span);
        text.Write((byte)',');
        var splice = text.Length;
        text.Write("\"id\":\""u8);
        text.WriteAscii(id);
        text.Write((byte)'"');
        if (prepared.Origin is not null)
        {
            text.Write(",\"origin\":"u8);
            text.Write(prepared.Origin);
        }
        text.Write(",\"prev_hash\":\""u8);
        text.WriteAscii(head.Hash);
        text.Write("\",\"seq\":"u8);
        text.WriteNumber(head.Count);
        if (prepared.Tags is not null)
        {
            text.Write(",\"tags\":"u8);
            text.Write(prepared.Tags);
        }
        text.Write(",\"timestamp\":\""u8);
        text.WriteAscii(timestamp);
        text.Write("\",\"type\":\""u8);
        text.WriteAscii(prepared.Type);
        text.Write("\"}"u8);
        // The hash covers the event without the hash; "hash" sorts right behind "data", so it is spliced in there.
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text.Written, digest);
        var hash = Convert.ToHexStringLower(digest);
        var member = Encoding.ASCII.GetBytes($"\"hash\":\"{hash}\",");
        var line = new byte[text.Length + member.Length];
        text.Written[..splice].CopyTo(line);
        member.CopyTo(line, splice);
        text.Written[splice..].CopyTo(line.AsSpan(splice + member.Length));
        return (line, hash);
    }

    private byte[] WriteChain(PooledBuffer text, LogHead head, string hash)
    {
        Span<byte> signed = stackalloc byte[64];
        Encoding.ASCII.GetBytes(hash, signed);
        Span<byte> signature = stackalloc byte[SigningKey.SignatureLength];
        key.Sign(signed, signature);
        text.Clear();
        text.Write("{\"hash\":\""u8);
        text.Write(signed);
        text.Write("\",\"key_fp\":\""u8);
        text.WriteAscii(key.PublicKey.KeyId);
        text.Write("\",\"prev_hash\":\""u8);
        text.WriteAscii(head.Hash);
        text.Write("\",\"seq\":"u8);
        text.WriteNumber(head.Count);
        text.Write(",\"sig\":\""u8);
        text.WriteAscii(Convert.ToHexStringLower(signature));
        text.Write("\"}"u8);
        return text.Written.ToArray();
    }
}
