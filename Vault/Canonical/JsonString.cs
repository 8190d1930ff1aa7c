using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Granary.Vault.Canonical;

/// <summary>Canonical JSON strings: written from characters, and read back.</summary>
public static class JsonString
{
    private const string Hex = "0123456789abcdef";

    private static readonly SearchValues<byte> Escaped = SearchValues.Create([(byte)'"', (byte)'\\', .. Enumerable.Range(0, 0x20).Select(i => (byte)i)]);

    /// <summary>Appends <paramref name="text"/> as a canonical string with its quotes.</summary>
    /// <exception cref="ArgumentException">The text holds half of a surrogate pair.</exception>
    public static void Write(ReadOnlySpan<char> text, PooledBuffer output)
    {
        // A character takes at most three bytes.
        var needed = text.Length * 3;
        byte[]? rented = null;
        var utf8 = needed <= 768 ? stackalloc byte[needed] : rented = ArrayPool<byte>.Shared.Rent(needed);
        try
        {
            if (Utf8.FromUtf16(text, utf8, out _, out var length, replaceInvalidSequences: false) != OperationStatus.Done)
                throw new ArgumentException("The text holds half of a surrogate pair.", nameof(text));
            Write(utf8[..length], output);
        }
        finally
        {
            if (rented is not null)
                ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>Appends text that is already UTF-8 as a canonical string with its quotes.</summary>
    public static void Write(ReadOnlySpan<byte> utf8, PooledBuffer output)
    {
        output.Write((byte)'"');
        while (utf8.IndexOfAny(Escaped) is var plain and >= 0)
        {
            output.Write(utf8[..plain]);
            WriteRune(new Rune((char)utf8[plain]), output);
            utf8 = utf8[(plain + 1)..];
        }
        output.Write(utf8);
        output.Write((byte)'"');
    }

    /// <summary>The characters of a canonical string; <paramref name="canonical"/> includes the quotes.</summary>
    public static string Read(ReadOnlySpan<byte> canonical)
    {
        var inner = canonical[1..^1];
        if (!inner.Contains((byte)'\\'))
            return Encoding.UTF8.GetString(inner);
        var bytes = new byte[inner.Length];
        var length = 0;
        while (!inner.IsEmpty)
            bytes[length++] = NextByte(ref inner);
        return Encoding.UTF8.GetString(bytes, 0, length);
    }

    /// <summary>True when every surrogate in the text has its other half.</summary>
    public static bool IsWellFormed(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(text, out _, out var length) != System.Buffers.OperationStatus.Done)
                return false;
            text = text[length..];
        }
        return true;
    }

    internal static void WriteRune(Rune rune, PooledBuffer output)
    {
        switch (rune.Value)
        {
            case '"':
                output.Write("\\\""u8);
                break;
            case '\\':
                output.Write("\\\\"u8);
                break;
            case '\b':
                output.Write("\\b"u8);
                break;
            case '\t':
                output.Write("\\t"u8);
                break;
            case '\n':
                output.Write("\\n"u8);
                break;
            case '\f':
                output.Write("\\f"u8);
                break;
            case '\r':
                output.Write("\\r"u8);
                break;
            case < 0x20:
                output.Write("\\u00"u8);
                output.Write((byte)Hex[rune.Value >> 4]);
                output.Write((byte)Hex[rune.Value & 15]);
                break;
            default:
                output.Advance(rune.EncodeToUtf8(output.GetSpan(4)));
                break;
        }
    }

    /// <summary>Takes the next byte that the inside of a canonical string stands for.</summary>
    internal static byte NextByte(ref ReadOnlySpan<byte> inner)
    {
        if (inner[0] != '\\')
        {
            var plain = inner[0];
            inner = inner[1..];
            return plain;
        }
        var (value, length) = inner[1] switch
        {
            (byte)'b' => ((byte)'\b', 2),
            (byte)'t' => ((byte)'\t', 2),
            (byte)'n' => ((byte)'\n', 2),
            (byte)'f' => ((byte)'\f', 2),
            (byte)'r' => ((byte)'\r', 2),
            (byte)'u' => (byte.Parse(inner.Slice(4, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture), 6),
            var other => (other, 2),
        };
        inner = inner[length..];
        return value;
    }
}
