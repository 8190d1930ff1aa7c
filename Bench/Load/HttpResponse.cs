using System.Buffers.Text;

namespace Granary.Bench.Load;

/// <summary>An HTTP/1.1 response at the beginning of a buffer: enough of the protocol to measure with, by length or in chunks.</summary>
internal readonly ref struct HttpResponse
{
    private HttpResponse(int status, ReadOnlySpan<byte> body, int length)
    {
        Status = status;
        Body = body;
        Length = length;
    }

    /// <summary>The status code.</summary>
    public int Status { get; }

    /// <summary>The body; where it came in chunks, with their frames.</summary>
    public ReadOnlySpan<byte> Body { get; }

    /// <summary>The bytes of the whole response.</summary>
    public int Length { get; }

    /// <summary>Reads a response; false when it is not complete yet.</summary>
    /// <exception cref="FormatException">It is no response we understand.</exception>
    public static bool TryParse(ReadOnlySpan<byte> buffer, out HttpResponse response)
    {
        response = default;
        var end = buffer.IndexOf("\r\n\r\n"u8);
        if (end < 0)
            return false;
        var head = buffer[..(end + 2)];
        if (!head.StartsWith("HTTP/1.1 "u8) || !Utf8Parser.TryParse(head[9..], out int status, out var digits) || digits != 3)
            throw new FormatException("The response does not begin with an HTTP/1.1 status line.");
        var rest = buffer[(end + 4)..];
        var length = Header(head, "content-length"u8) is { IsEmpty: false } text ? Number(text)
            : Header(head, "transfer-encoding"u8).SequenceEqual("chunked"u8) ? ChunksLength(rest)
            : status is 204 or 304 ? 0
            : throw new FormatException("The response has neither a length nor chunks.");
        if (length < 0 || rest.Length < length)
            return false;
        response = new HttpResponse(status, rest[..length], end + 4 + length);
        return true;
    }

    private static ReadOnlySpan<byte> Header(ReadOnlySpan<byte> head, ReadOnlySpan<byte> name)
    {
        for (var line = head.IndexOf("\r\n"u8) + 2; line < head.Length;)
        {
            var text = head[line..];
            text = text[..text.IndexOf("\r\n"u8)];
            line += text.Length + 2;
            if (text.Length > name.Length && text[name.Length] == ':' && System.Text.Ascii.EqualsIgnoreCase(text[..name.Length], name))
                return text[(name.Length + 1)..].Trim((byte)' ');
        }
        return default;
    }

    private static int Number(ReadOnlySpan<byte> text) =>
        Utf8Parser.TryParse(text, out int value, out var used) && used == text.Length ? value
        : throw new FormatException("The response's length is no number.");

    // −1 while the last chunk has not come.
    private static int ChunksLength(ReadOnlySpan<byte> body)
    {
        for (var position = 0; ;)
        {
            var line = body[position..].IndexOf("\r\n"u8);
            if (line < 0)
                return -1;
            if (!Utf8Parser.TryParse(body.Slice(position, line), out int size, out _, 'x') || size < 0)
                throw new FormatException("The response's chunk has no size.");
            position += line + 2 + size + 2;
            if (position > body.Length)
                return -1;
            if (size == 0)
                return position;
        }
    }
}
