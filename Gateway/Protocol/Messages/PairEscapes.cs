using System.Buffers;
using System.Text;

namespace Granary.Gateway.Protocol.Messages;

/// <summary>
/// Escaped characters beyond the basic plane in JSON that others wrote, as <c>\ud83d\ude00</c>. A model that reads the JSON as a text reads the escapes,
/// so the characters take their place; everything else stays byte for byte.
/// </summary>
internal static class PairEscapes
{
    private const int EscapeLength = 6;

    /// <summary>The same JSON without them; the very same memory where it has none.</summary>
    public static ReadOnlyMemory<byte> Resolve(ReadOnlyMemory<byte> json)
    {
        var rest = json.Span;
        ArrayBufferWriter<byte>? output = null;
        var kept = 0;
        for (var at = 0; Next(rest, ref at) is { } rune; at += 2 * EscapeLength, kept = at)
        {
            output ??= new ArrayBufferWriter<byte>(json.Length);
            output.Write(rest[kept..at]);
            output.Advance(rune.EncodeToUtf8(output.GetSpan(4)));
        }
        if (output is null)
            return json;
        output.Write(rest[kept..]);
        return output.WrittenMemory;
    }

    /// <summary>The same for JSON in a text.</summary>
    public static string Resolve(string json) =>
        json.Contains("\\ud", StringComparison.OrdinalIgnoreCase) ? Encoding.UTF8.GetString(Resolve((ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(json)).Span) : json;

    /// <summary>Moves to the next pair of escapes.</summary>
    private static Rune? Next(ReadOnlySpan<byte> json, ref int at)
    {
        while (json[at..].IndexOf((byte)'\\') is var found and >= 0)
        {
            at += found;
            if (Unit(json[at..]) is { } high && char.IsHighSurrogate(high) && Unit(json[(at + EscapeLength)..]) is { } low && char.IsLowSurrogate(low))
                return new Rune(high, low);
            // A backslash that is escaped itself begins nothing.
            at = Math.Min(at + 2, json.Length);
        }
        return null;
    }

    private static char? Unit(ReadOnlySpan<byte> json) =>
        json.Length >= EscapeLength && json[0] == '\\' && json[1] == 'u'
            && ushort.TryParse(json[2..EscapeLength], System.Globalization.NumberStyles.AllowHexSpecifier, System.Globalization.CultureInfo.InvariantCulture, out var unit)
            ? (char)unit
            : null;
}
