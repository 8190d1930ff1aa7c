using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Granary.Vault.Tests.Canonical;

/// <summary>A JSON value written twice: as somebody might send it, and in canonical form by a model that is slow and simple.</summary>
/// <param name="Messy">With white space, escapes nobody needs, members in any order and replaced ones before.</param>
/// <param name="Canonical">What it must become.</param>
public sealed record JsonSample(string Messy, string Canonical)
{
    /// <inheritdoc />
    public override string ToString() => Messy;
}

/// <summary>Makes samples for FsCheck.</summary>
public static class JsonSamples
{
    private static readonly string[] Characters =
        ["a", "Z", "0", " ", "\"", "\\", "/", "\b", "\t", "\n", "\f", "\r", "\0", "\u001f", "\u007f", "é", "\u2028", "\ufeff", "\uffff", "😀", "𐀀"];

    private static readonly Gen<string> Space = Gen.Elements("", "", "", " ", "\n", "\t \r\n");

    private static readonly Gen<string> Text = Gen.Elements(Characters).ArrayOf().Select(string.Concat);

    /// <summary>Found by FsCheck.</summary>
    public static Arbitrary<JsonSample> Samples() => Arb.From(Gen.Sized(size => Value(Math.Min(size, 24))));

    private static Gen<JsonSample> Value(int size)
    {
        Gen<JsonSample>[] simple = [Literal(), Integer(), Float(), String()];
        if (size < 2)
            return Gen.OneOf(simple);
        return Gen.OneOf([.. simple, Array(size / 3), Object(size / 3), Object(size / 3)]);
    }

    private static Gen<JsonSample> Literal() => Gen.Elements("null", "true", "false").Select(word => new JsonSample(word, word));

    private static Gen<JsonSample> Integer() =>
        from digits in Gen.Elements("0", "1", "7", "42", "9007199254740993", "18446744073709551616", new string('9', 60))
        from negative in Gen.Elements("", "-")
        select new JsonSample(negative + digits, digits == "0" ? "0" : negative + digits);

    private static Gen<JsonSample> Float() =>
        from bits in Gen.Choose(int.MinValue, int.MaxValue).Two()
        from near in Gen.Elements(0.0, -0.0, 1, 0.1, 100, 1e-4, 0.00012, 9.5e-5, 1e15, 1.5e16, 9999999999999998, 5e-324, 1.7976931348623157e308, -2.5e-7)
        from random in Gen.Elements(true, false)
        let drawn = BitConverter.Int64BitsToDouble(((long)bits.Item1 << 32) | (uint)bits.Item2)
        let value = random && double.IsFinite(drawn) ? drawn : near
        select new JsonSample(value.ToString("E17", CultureInfo.InvariantCulture), SlowFloat.Show(value));

    private static Gen<JsonSample> String() =>
        from text in Text
        from escape in Gen.Elements(0, 1, 2)
        select new JsonSample(Quote(text, escape), SlowQuote(text));

    private static Gen<JsonSample> Array(int size) =>
        from items in Value(size).ArrayOf()
        from space in Space
        select new JsonSample(
            $"[{space}{string.Join($"{space},", items.Take(5).Select(item => item.Messy + space))}]",
            $"[{string.Join(',', items.Take(5).Select(item => item.Canonical))}]");

    private static Gen<JsonSample> Object(int size) =>
        from members in (from key in Text from value in Value(size) from escape in Gen.Elements(0, 1, 2) select (Key: key, Value: value, Escape: escape)).ArrayOf()
        from space in Space
        select FromMembers([.. members.Take(6)], space);

    private static JsonSample FromMembers((string Key, JsonSample Value, int Escape)[] members, string space)
    {
        var kept = new Dictionary<string, string>();
        foreach (var member in members)
            kept[member.Key] = member.Value.Canonical;
        var order = kept.Select(member => (Bytes: Encoding.UTF8.GetBytes(member.Key), member.Key, member.Value)).ToList();
        order.Sort((x, y) => x.Bytes.AsSpan().SequenceCompareTo(y.Bytes));
        return new JsonSample(
            $"{{{space}{string.Join(',', members.Select(m => $"{space}{Quote(m.Key, m.Escape)}{space}:{space}{m.Value.Messy}{space}"))}}}",
            $"{{{string.Join(',', order.Select(member => $"{SlowQuote(member.Key)}:{member.Value}"))}}}");
    }

    /// <summary>A string token: 0 escapes what it must, 1 all that is not a letter, 2 everything.</summary>
    private static string Quote(string text, int escape)
    {
        var token = new StringBuilder("\"");
        foreach (var c in text)
        {
            var must = c is '"' or '\\' or < ' ';
            if (must || escape == 2 || (escape == 1 && !char.IsAsciiLetter(c)))
                token.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}");
            else
                token.Append(c);
        }
        return token.Append('"').ToString();
    }

    private static string SlowQuote(string text)
    {
        text = text.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\b", "\\b").Replace("\t", "\\t").Replace("\n", "\\n").Replace("\f", "\\f").Replace("\r", "\\r");
        for (var c = '\0'; c < ' '; c++)
            text = text.Replace(c.ToString(), $"\\u{(int)c:x4}");
        return $"\"{text}\"";
    }
}
