using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;

namespace Granary.Gateway.Protocol.Messages;

/// <summary>
/// Escapes what JSON asks for, control characters and the two line separators that JavaScript once stumbled over, and nothing else. The
/// framework's relaxed encoder also writes every character beyond the basic plane as a pair of escapes, which a model then reads as such.
/// </summary>
internal sealed class PlainJsonEncoder : JavaScriptEncoder
{
    private const int Delete = 0x7F;
    private const int LastControl = 0x9F;

    /// <summary>Bytes that are escaped, or begin a character that may be: C2 for the C1 controls, E2 for the separators.</summary>
    private static readonly SearchValues<byte> Suspects = SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(b => (byte)b), (byte)'"', (byte)'\\', Delete, 0xC2, 0xE2]);

    private PlainJsonEncoder()
    {
    }

    public static PlainJsonEncoder Instance { get; } = new();

    public override int MaxOutputCharactersPerInputCharacter => 6;

    public override bool WillEncode(int unicodeScalar) =>
        unicodeScalar is < 0x20 or '"' or '\\' or (>= Delete and <= LastControl) or 0x2028 or 0x2029;

    public override unsafe int FindFirstCharacterToEncode(char* text, int textLength)
    {
        var span = new ReadOnlySpan<char>(text, textLength);
        for (var i = 0; i < span.Length; i++)
        {
            if (WillEncode(span[i]))
                return i;
            if (!char.IsSurrogate(span[i]))
                continue;
            // Half a pair is replaced, and so is something to encode.
            if (!char.IsHighSurrogate(span[i]) || i + 1 == span.Length || !char.IsLowSurrogate(span[i + 1]))
                return i;
            i++;
        }
        return -1;
    }

    public override int FindFirstCharacterToEncodeUtf8(ReadOnlySpan<byte> utf8Text)
    {
        for (var start = 0; ;)
        {
            var next = utf8Text[start..].IndexOfAny(Suspects);
            if (next < 0)
                return -1;
            start += next;
            if (Rune.DecodeFromUtf8(utf8Text[start..], out var rune, out var length) != OperationStatus.Done || WillEncode(rune.Value))
                return start;
            start += length;
        }
    }

    public override OperationStatus EncodeUtf8(
        ReadOnlySpan<byte> utf8Source, Span<byte> utf8Destination, out int bytesConsumed, out int bytesWritten, bool isFinalBlock = true)
    {
        (bytesConsumed, bytesWritten) = (0, 0);
        while (bytesConsumed < utf8Source.Length)
        {
            var rest = utf8Source[bytesConsumed..];
            var plain = FindFirstCharacterToEncodeUtf8(rest);
            var run = rest[..(plain < 0 ? rest.Length : plain)];
            if (!run.TryCopyTo(utf8Destination[bytesWritten..]))
                return OperationStatus.DestinationTooSmall;
            bytesConsumed += run.Length;
            bytesWritten += run.Length;
            if (plain < 0)
                break;
            var status = Rune.DecodeFromUtf8(utf8Source[bytesConsumed..], out var rune, out var length);
            if (status == OperationStatus.NeedMoreData && !isFinalBlock)
                return status;
            if (!TryEscape(rune.Value, utf8Destination[bytesWritten..], out var written))
                return OperationStatus.DestinationTooSmall;
            bytesConsumed += length;
            bytesWritten += written;
        }
        return OperationStatus.Done;
    }

    public override unsafe bool TryEncodeUnicodeScalar(int unicodeScalar, char* buffer, int bufferLength, out int numberOfCharactersWritten)
    {
        Span<byte> escaped = stackalloc byte[6];
        TryEscape(unicodeScalar, escaped, out numberOfCharactersWritten);
        if (numberOfCharactersWritten > bufferLength)
        {
            numberOfCharactersWritten = 0;
            return false;
        }
        for (var i = 0; i < numberOfCharactersWritten; i++)
            buffer[i] = (char)escaped[i];
        return true;
    }

    private static bool TryEscape(int scalar, Span<byte> destination, out int written)
    {
        var letter = scalar switch
        {
            '"' => (byte)'"',
            '\\' => (byte)'\\',
            '\n' => (byte)'n',
            '\r' => (byte)'r',
            '\t' => (byte)'t',
            '\b' => (byte)'b',
            '\f' => (byte)'f',
            _ => (byte)0,
        };
        written = letter == 0 ? 6 : 2;
        if (destination.Length < written)
        {
            written = 0;
            return false;
        }
        destination[0] = (byte)'\\';
        destination[1] = letter == 0 ? (byte)'u' : letter;
        for (var i = 2; i < written; i++)
            destination[i] = "0123456789ABCDEF"u8[(scalar >> (4 * (5 - i))) & 15];
        return true;
    }
}
