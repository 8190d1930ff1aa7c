using Granary.Vault.Canonical;

namespace Granary.Vault.Reducer;

/// <summary>The small pieces of packed records: numbers of seven bits a byte, bytes with their length, ids without what every id has.</summary>
internal static class Packed
{
    private const byte RawId = 0;
    private const byte EventId = 1;
    private const byte HashId = 2;
    private const int EventIdBytes = 12;
    private const int HashBytes = 32;

    public static void WriteNumber(PooledBuffer output, long number)
    {
        var rest = (ulong)number;
        for (; rest >= 0x80; rest >>= 7)
            output.Write((byte)(rest | 0x80));
        output.Write((byte)rest);
    }

    public static void WriteBytes(PooledBuffer output, ReadOnlySpan<byte> bytes)
    {
        WriteNumber(output, bytes.Length);
        output.Write(bytes);
    }

    /// <summary>Writes an id, which is a canonical JSON value: <c>"evt_…"</c> takes 13 bytes, a hash 33.</summary>
    public static void WriteId(PooledBuffer output, ReadOnlySpan<byte> id)
    {
        Span<byte> packed = stackalloc byte[HashBytes];
        if (id.Length == (EventIdBytes * 2) + 6 && id.StartsWith("\"evt_"u8) && TryUnhex(id[5..^1], packed[..EventIdBytes]))
        {
            output.Write(EventId);
            output.Write(packed[..EventIdBytes]);
        }
        else if (id.Length == (HashBytes * 2) + 2 && TryUnhex(id[1..^1], packed))
        {
            output.Write(HashId);
            output.Write(packed);
        }
        else
        {
            output.Write(RawId);
            WriteBytes(output, id);
        }
    }

    public static int ReadNumber(ReadOnlySpan<byte> record, scoped ref int at) => checked((int)ReadLong(record, ref at));

    public static long ReadLong(ReadOnlySpan<byte> record, scoped ref int at)
    {
        ulong number = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = record[at++];
            number |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                break;
        }
        return (long)number;
    }

    public static ReadOnlySpan<byte> ReadBytes(ReadOnlySpan<byte> record, scoped ref int at)
    {
        var length = ReadNumber(record, ref at);
        at += length;
        return record.Slice(at - length, length);
    }

    public static void SkipId(ReadOnlySpan<byte> record, scoped ref int at)
    {
        var kind = record[at++];
        at += kind switch { EventId => EventIdBytes, HashId => HashBytes, _ => 0 };
        if (kind == RawId)
            ReadBytes(record, ref at);
    }

    public static void UnpackId(ReadOnlySpan<byte> record, scoped ref int at, PooledBuffer output)
    {
        var kind = record[at++];
        if (kind == RawId)
        {
            output.Write(ReadBytes(record, ref at));
            return;
        }
        output.Write(kind == EventId ? "\"evt_"u8 : "\""u8);
        var length = kind == EventId ? EventIdBytes : HashBytes;
        Convert.TryToHexStringLower(record.Slice(at, length), output.GetSpan(length * 2), out var written);
        output.Advance(written);
        output.Write((byte)'"');
        at += length;
    }

    // Upper-case digits would come back in lower case.
    private static bool TryUnhex(ReadOnlySpan<byte> hex, Span<byte> bytes) =>
        !hex.ContainsAnyInRange((byte)'A', (byte)'F') && Convert.FromHexString(hex, bytes, out _, out _) == System.Buffers.OperationStatus.Done;
}
