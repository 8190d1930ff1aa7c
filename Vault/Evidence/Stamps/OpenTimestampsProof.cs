using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Granary.Vault.Evidence.Stamps;

/// <summary>What a path of an OpenTimestamps proof ends in.</summary>
/// <param name="Height">The height of the Bitcoin block whose header has the commitment as its Merkle root; null where it is no such block.</param>
/// <param name="Calendar">The calendar that promises to have the commitment put into a block; null where it is no such promise.</param>
/// <param name="Commitment">What the digest became on the way.</param>
public sealed record OpenTimestampsEnd(long? Height, string? Calendar, ReadOnlyMemory<byte> Commitment)
{
    /// <summary>The commitment as Bitcoin's programs print a Merkle root: in hex, its bytes turned round.</summary>
    public string MerkleRoot => Convert.ToHexStringLower([.. Commitment.ToArray().Reverse()]);
}

/// <summary>
/// A proof of OpenTimestamps (a detached file, version 1, over a SHA-256 digest): operations that turn the digest into what a Bitcoin block, or for the time being a
/// calendar, holds. It is carried out when it is read; <c>ots verify -d DIGEST FILE</c> reads it too.
/// </summary>
public sealed class OpenTimestampsProof
{
    /// <summary>The most bytes that a calendar answers.</summary>
    public const int MaxAnswer = 10_000;

    private const int MaxMessage = 4096;
    private const int MaxPayload = 8192;
    private const int MaxDepth = 256;
    private const ulong Pending = 0x83dfe30d2ef90c8e;
    private const ulong Bitcoin = 0x0588960d73d71901;

    private static readonly byte[] Start = [.. "\0OpenTimestamps\0\0Proof\0"u8, 0xbf, 0x89, 0xe2, 0xe8, 0x84, 0xe8, 0x92, 0x94, 1, 8];

    private readonly byte[] _file;
    private readonly List<(OpenTimestampsEnd End, int From, int To, bool IsLast)> _ends = [];

    private OpenTimestampsProof(byte[] file)
    {
        _file = file;
        var reader = new Reader(this, Start.Length + SHA256.HashSizeInBytes);
        reader.Timestamp(Digest, MaxDepth);
        if (reader.At != file.Length)
            throw new FormatException("There is something behind the proof.");
    }

    /// <summary>What it is about, 32 bytes.</summary>
    public ReadOnlyMemory<byte> Digest => _file.AsMemory(Start.Length, SHA256.HashSizeInBytes);

    /// <summary>What its paths end in.</summary>
    public IEnumerable<OpenTimestampsEnd> Ends => _ends.Select(end => end.End);

    /// <summary>Whether a Bitcoin block is among the ends.</summary>
    public bool IsComplete => _ends.Any(end => end.End.Height is not null);

    /// <summary>Reads a file.</summary>
    /// <exception cref="FormatException">It is no such proof, or uses what is not known here.</exception>
    public static OpenTimestampsProof Read(ReadOnlySpan<byte> file) =>
        file.Length > Start.Length + SHA256.HashSizeInBytes && file.StartsWith(Start)
            ? new OpenTimestampsProof(file.ToArray())
            : throw new FormatException("It is not an OpenTimestamps proof, version 1, of a SHA-256 digest.");

    /// <summary>Makes a file of what a calendar answered for a digest.</summary>
    /// <exception cref="FormatException">The answer is none.</exception>
    public static OpenTimestampsProof Of(ReadOnlySpan<byte> digest, ReadOnlySpan<byte> answer) => new([.. Start, .. digest, .. answer]);

    /// <summary>The file.</summary>
    public byte[] Write() => [.. _file];

    /// <summary>The promises of calendars that can be asked for more.</summary>
    public IEnumerable<OpenTimestampsEnd> Open => _ends.Where(end => end.End.Calendar is not null && end.IsLast).Select(end => end.End);

    /// <summary>Puts what a calendar answered for a promise's commitment in the promise's place.</summary>
    /// <exception cref="FormatException">The answer is none.</exception>
    public OpenTimestampsProof With(OpenTimestampsEnd promise, ReadOnlySpan<byte> answer)
    {
        var (_, from, to, _) = _ends.First(end => end.End == promise);
        return new OpenTimestampsProof([.. _file.AsSpan(0, from), .. answer, .. _file.AsSpan(to)]);
    }

    private sealed class Reader(OpenTimestampsProof owner, int at)
    {
        private readonly byte[] _bytes = owner._file;

        public int At { get; private set; } = at;

        /// <summary>All that is known of a message: each branch but the last has 0xff before it.</summary>
        public void Timestamp(ReadOnlyMemory<byte> message, int depth)
        {
            if (depth == 0)
                throw new FormatException("The proof is nested too deeply.");
            var tag = Byte();
            for (; tag == 0xff; tag = Byte())
                Branch(Byte(), message, depth, isLast: false);
            Branch(tag, message, depth, isLast: true);
        }

        private void Branch(byte tag, ReadOnlyMemory<byte> message, int depth, bool isLast)
        {
            if (tag == 0)
                Attestation(message, isLast);
            else
                Timestamp(Carried(tag, message), depth - 1);
        }

        private void Attestation(ReadOnlyMemory<byte> message, bool isLast)
        {
            var from = At - 1;
            var kind = BinaryPrimitives.ReadUInt64BigEndian(Bytes(sizeof(ulong)).Span);
            var payload = Bytes(Length(MaxPayload));
            var end = At;
            OpenTimestampsEnd found = kind switch
            {
                Bitcoin => new(Inside(payload, end, reader => (long)reader.Number()), null, message),
                Pending => new(null, Inside(payload, end, reader => Encoding.ASCII.GetString(reader.Bytes(reader.Length(1000)).Span)), message),
                _ => new(null, null, message),
            };
            owner._ends.Add((found, from, end, isLast));
        }

        private T Inside<T>(ReadOnlyMemory<byte> payload, int end, Func<Reader, T> read)
        {
            var inner = new Reader(owner, end - payload.Length);
            var value = read(inner);
            return inner.At == end ? value : throw new FormatException("An attestation is longer than what it says.");
        }

        private ReadOnlyMemory<byte> Carried(byte tag, ReadOnlyMemory<byte> message)
        {
            byte[] result = tag switch
            {
                0x08 => SHA256.HashData(message.Span),
                0xf0 => [.. message.Span, .. Argument().Span],
                0xf1 => [.. Argument().Span, .. message.Span],
                _ => throw new FormatException($"The proof uses the operation 0x{tag.ToString("x2", CultureInfo.InvariantCulture)}, which is not known here."),
            };
            return result.Length <= MaxMessage ? result : throw new FormatException($"A message of the proof is longer than {MaxMessage} bytes.");
        }

        private ReadOnlyMemory<byte> Argument() => Length(MaxMessage) is > 0 and var length ? Bytes(length) : throw new FormatException("An operation has an empty argument.");

        private int Length(int max) => Number() is var number && number <= (ulong)max ? (int)number : throw new FormatException($"A part of the proof is longer than {max} bytes.");

        private ulong Number()
        {
            ulong number = 0;
            for (var shift = 0; ; shift += 7)
            {
                var next = Byte();
                if (shift > 42)
                    throw new FormatException("A number of the proof is too large.");
                number |= (ulong)(next & 0x7f) << shift;
                if (next < 0x80)
                    return number;
            }
        }

        private byte Byte() => Bytes(1).Span[0];

        private ReadOnlyMemory<byte> Bytes(int count)
        {
            if (_bytes.Length - At < count)
                throw new FormatException("The proof is cut off.");
            At += count;
            return _bytes.AsMemory(At - count, count);
        }
    }
}
