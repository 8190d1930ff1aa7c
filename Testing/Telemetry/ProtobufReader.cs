using System.Buffers.Binary;

namespace Granary.Testing.Telemetry;

/// <summary>Reads the fields of a protobuf message, in the little of the format that OTLP uses.</summary>
internal static class ProtobufReader
{
    /// <summary>The message's fields: a number, and the bytes of a text or a message, or the little-endian bytes of a number.</summary>
    public static IEnumerable<(int Number, ReadOnlyMemory<byte> Value)> Fields(ReadOnlyMemory<byte> message)
    {
        for (var at = 0; at < message.Length;)
        {
            var tag = Varint(message.Span, ref at);
            var length = (tag & 7) switch
            {
                0 => -1,
                1 => 8,
                2 => (int)Varint(message.Span, ref at),
                5 => 4,
                var other => throw new InvalidDataException($"There is no wire type {other} in OTLP."),
            };
            if (length < 0)
            {
                var number = new byte[8];
                BinaryPrimitives.WriteUInt64LittleEndian(number, Varint(message.Span, ref at));
                yield return ((int)(tag >> 3), number);
                continue;
            }
            yield return ((int)(tag >> 3), message.Slice(at, length));
            at += length;
        }
    }

    /// <summary>All fields of one number.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> All(ReadOnlyMemory<byte> message, int number) =>
        Fields(message).Where(field => field.Number == number).Select(field => field.Value);

    /// <summary>The first field of a number; empty where there is none.</summary>
    public static ReadOnlyMemory<byte> First(ReadOnlyMemory<byte> message, int number) => All(message, number).FirstOrDefault();

    private static ulong Varint(ReadOnlySpan<byte> bytes, ref int at)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var next = bytes[at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }
    }
}
