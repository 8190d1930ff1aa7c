using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Granary.Vault.Canonical;
using Granary.Vault.Keys;
using Granary.Vault.Storage;

namespace Granary.Vault.Psmc.Events;

/// <summary>
/// Writes the lines of events: event, hash, link, signature. Bytes follow from key, id, time and input alone. Not for use by several
/// threads at once.
/// </summary>
public sealed class PsmcEntryBuilder(SigningKey key) : IDisposable
{
    private readonly byte[] _keyId = Encoding.ASCII.GetBytes(key.PublicKey.KeyId);
    private readonly PooledBuffer _text = new(4096);
    private readonly BridgeEventBuilder _bridge = new(key);

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
        var (line, hash) = WriteEvent(prepared, head, eventId, timestamp);
        var entry = new LogEntry(hash, line, WriteChain(head, hash));
        if (prepared.Bridge is null)
            return new BuiltEntry(entry, eventId, timestamp, null);
        var (bridgeLine, bridgeId) = _bridge.Build(prepared, timestamp, previousBridgeId);
        return new BuiltEntry(entry with { Bridge = bridgeLine }, eventId, timestamp, bridgeId);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _text.Dispose();
        _bridge.Dispose();
    }

    private (byte[] Line, string Hash) WriteEvent(PreparedEvent prepared, LogHead head, string id, string timestamp)
    {
        _text.Clear();
        _text.Write("{\"data\":"u8);
        _text.Write(prepared.Data.Span);
        _text.Write((byte)',');
        var splice = _text.Length;
        _text.Write("\"id\":\""u8);
        WriteAscii(id);
        _text.Write((byte)'"');
        if (prepared.Origin is not null)
        {
            _text.Write(",\"origin\":"u8);
            _text.Write(prepared.Origin);
        }
        _text.Write(",\"prev_hash\":\""u8);
        WriteAscii(head.Hash);
        _text.Write("\",\"seq\":"u8);
        WriteNumber(head.Count);
        if (prepared.Tags is not null)
        {
            _text.Write(",\"tags\":"u8);
            _text.Write(prepared.Tags);
        }
        _text.Write(",\"timestamp\":\""u8);
        WriteAscii(timestamp);
        _text.Write("\",\"type\":\""u8);
        WriteAscii(prepared.Type);
        _text.Write("\"}"u8);
        // The hash covers the event without the hash; "hash" sorts right behind "data", so it is spliced in there.
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(_text.Written, digest);
        var hash = Convert.ToHexStringLower(digest);
        var member = Encoding.ASCII.GetBytes($"\"hash\":\"{hash}\",");
        var line = new byte[_text.Length + member.Length];
        _text.Written[..splice].CopyTo(line);
        member.CopyTo(line, splice);
        _text.Written[splice..].CopyTo(line.AsSpan(splice + member.Length));
        return (line, hash);
    }

    private byte[] WriteChain(LogHead head, string hash)
    {
        Span<byte> signed = stackalloc byte[64];
        Encoding.ASCII.GetBytes(hash, signed);
        Span<byte> signature = stackalloc byte[SigningKey.SignatureLength];
        key.Sign(signed, signature);
        _text.Clear();
        _text.Write("{\"hash\":\""u8);
        _text.Write(signed);
        _text.Write("\",\"key_fp\":\""u8);
        _text.Write(_keyId);
        _text.Write("\",\"prev_hash\":\""u8);
        WriteAscii(head.Hash);
        _text.Write("\",\"seq\":"u8);
        WriteNumber(head.Count);
        _text.Write(",\"sig\":\""u8);
        WriteAscii(Convert.ToHexStringLower(signature));
        _text.Write("\"}"u8);
        return _text.Written.ToArray();
    }

    private void WriteAscii(string text) => _text.Advance(Encoding.ASCII.GetBytes(text, _text.GetSpan(text.Length)));

    private void WriteNumber(long number)
    {
        number.TryFormat(_text.GetSpan(20), out var written, default, CultureInfo.InvariantCulture);
        _text.Advance(written);
    }
}
