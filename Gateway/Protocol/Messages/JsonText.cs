using System.Globalization;
using System.Text.Json;

namespace Granary.Gateway.Protocol.Messages;

/// <summary>Small steps over a <see cref="Utf8JsonReader"/> that also refuse escaped lone surrogates, which no later step could encode.</summary>
internal static class JsonText
{
    /// <summary>Moves to the value after a property name and past it.</summary>
    public static Slice SkipValue(ref Utf8JsonReader reader)
    {
        reader.Read();
        var start = (int)reader.TokenStartIndex;
        SkipRest(ref reader);
        return new Slice(start, (int)reader.BytesConsumed - start);
    }

    /// <summary>Moves to the value after a property name: its text, or null (and past it) where it is no string.</summary>
    public static string? ReadText(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String)
        {
            Check(in reader);
            return KnownText.Get(in reader);
        }
        SkipRest(ref reader);
        return null;
    }

    /// <summary>Past the value the reader stands on.</summary>
    public static void SkipRest(ref Utf8JsonReader reader)
    {
        Check(in reader);
        if (reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
            return;
        var depth = reader.CurrentDepth;
        while (reader.Read() && reader.CurrentDepth > depth)
            Check(in reader);
    }

    /// <summary>Checks the string the reader stands on, if it stands on one.</summary>
    public static void Check(in Utf8JsonReader reader)
    {
        if (reader.ValueIsEscaped && reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && HasLoneSurrogate(reader.ValueSpan))
            throw RpcException.Parse("Parse error: a string contains an unpaired surrogate.");
    }

    private static bool HasLoneSurrogate(ReadOnlySpan<byte> text)
    {
        var i = text.IndexOf((byte)'\\');
        while (i >= 0 && i + 1 < text.Length)
        {
            if (text[i + 1] != (byte)'u')
            {
                i += 2;
            }
            else
            {
                var unit = Unit(text, i);
                i += 6;
                if (unit is >= 0xD800 and <= 0xDBFF)
                {
                    if (i + 6 > text.Length || text[i] != (byte)'\\' || text[i + 1] != (byte)'u' || Unit(text, i) is not (>= 0xDC00 and <= 0xDFFF))
                        return true;
                    i += 6;
                }
                else if (unit is >= 0xDC00 and <= 0xDFFF)
                {
                    return true;
                }
            }
            var next = text[i..].IndexOf((byte)'\\');
            i = next < 0 ? -1 : i + next;
        }
        return false;
    }

    // The reader has checked that four hex digits follow.
    private static int Unit(ReadOnlySpan<byte> text, int at) =>
        int.Parse(text.Slice(at + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
