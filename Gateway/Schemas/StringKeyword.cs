using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Granary.Gateway.Schemas;

/// <summary><c>minLength</c> and <c>maxLength</c>, in code points.</summary>
internal sealed class LengthKeyword(long min, long max) : Keyword
{
    public static LengthKeyword? Read(SchemaSource source)
    {
        var (min, max) = (source.Count("minLength"), source.Count("maxLength"));
        return min is null && max is null ? null : new LengthKeyword(min ?? 0, max ?? long.MaxValue);
    }

    public override bool Check(in JsonElement value, ref Validation run)
    {
        if (value.ValueKind != JsonValueKind.String)
            return true;
        var length = CodePoints(value);
        if (length < min)
            return Fail(ref run, min == 1 ? "must not be empty" : $"must have at least {min} characters, got {length}");
        return length <= max || Fail(ref run, $"must have at most {max} characters, got {length}; shorten it");
    }

    private static long CodePoints(in JsonElement text)
    {
        var count = 0L;
        var raw = JsonMarshal.GetRawUtf8Value(text);
        if (raw.Contains((byte)'\\'))
        {
            foreach (var _ in text.GetString()!.EnumerateRunes())
                count++;
            return count;
        }
        // Every byte but those that continue a code point, less the two quotes.
        foreach (var b in raw)
            count += (b & 0xC0) == 0x80 ? 0 : 1;
        return count - 2;
    }
}

/// <summary><c>pattern</c>: a match anywhere in the text.</summary>
internal sealed class PatternKeyword(Regex regex, string pattern) : Keyword
{
    private const int StackText = 256;

    public static PatternKeyword? Read(SchemaSource source)
    {
        if (source.String("pattern") is not { } pattern)
            return null;
        return new PatternKeyword(source.Pattern("pattern", pattern), pattern);
    }

    public override bool Check(in JsonElement value, ref Validation run) =>
        value.ValueKind != JsonValueKind.String || Matches(value) || Fail(ref run, $"must match the pattern {pattern}");

    private bool Matches(in JsonElement value)
    {
        var utf8 = Utf8Names.Of(value);
        if (utf8.Length > StackText)
            return regex.IsMatch(value.GetString()!);
        Span<char> text = stackalloc char[StackText];
        return regex.IsMatch(text[..Encoding.UTF8.GetChars(utf8, text)]);
    }
}
