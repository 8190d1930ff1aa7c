using System.Globalization;
using System.Numerics;
using Granary.Vault.Canonical;

namespace Granary.Vault.Reducer;

/// <summary>Python's view of canonical JSON values, as far as the reference's results depend on it.</summary>
internal static class PythonValue
{
    /// <summary>Python's truth: null, false, zeros and empty things are not.</summary>
    public static bool IsFalsy(ReadOnlySpan<byte> value) => value.Length switch
    {
        0 => true,
        1 => value[0] == '0',
        2 => value.SequenceEqual("\"\""u8) || value.SequenceEqual("[]"u8) || value.SequenceEqual("{}"u8),
        3 => value.SequenceEqual("0.0"u8),
        4 => value.SequenceEqual("null"u8) || value.SequenceEqual("-0.0"u8),
        5 => value.SequenceEqual("false"u8),
        _ => false,
    };

    public static bool IsString(ReadOnlySpan<byte> value) => value.Length > 0 && value[0] == '"';

    public static bool IsObject(ReadOnlySpan<byte> value) => value.Length > 0 && value[0] == '{';

    public static bool IsNumber(ReadOnlySpan<byte> value) => value.Length > 0 && (value[0] == '-' || char.IsAsciiDigit((char)value[0]));

    /// <summary><c>str()</c> of a scalar; null for arrays and objects, whose text form nobody should depend on.</summary>
    public static string? Text(ReadOnlySpan<byte> value) => value[0] switch
    {
        (byte)'"' => JsonString.Read(value),
        (byte)'t' => "True",
        (byte)'f' => "False",
        (byte)'n' => "None",
        (byte)'[' or (byte)'{' => null,
        _ => System.Text.Encoding.ASCII.GetString(value),
    };

    /// <summary><c>float()</c>: null where Python raises for the type or the text. May be infinite.</summary>
    public static double? Number(ReadOnlySpan<byte> value)
    {
        if (IsNumber(value))
            return double.Parse(value, NumberStyles.Float, CultureInfo.InvariantCulture);
        return value[0] switch
        {
            (byte)'t' => 1.0,
            (byte)'f' => 0.0,
            (byte)'"' => Parse(JsonString.Read(value).Trim()),
            _ => null,
        };
    }

    /// <summary><c>==</c>: numbers and booleans by value, everything else by content.</summary>
    public static bool Same(ReadOnlySpan<byte> x, ReadOnlySpan<byte> y)
    {
        if (x.SequenceEqual(y))
            return true;
        if (IsNumeric(x) && IsNumeric(y))
            return SameNumber(x, y);
        if (x[0] != y[0] || x[0] is not ((byte)'{' or (byte)'['))
            return false;
        return x[0] == '{' ? SameObject(x, y) : SameArray(x, y);
    }

    private static bool SameObject(ReadOnlySpan<byte> x, ReadOnlySpan<byte> y)
    {
        var left = new CanonicalObject(x);
        var right = new CanonicalObject(y);
        while (left.MoveNext())
        {
            if (!right.MoveNext() || !left.Key.SequenceEqual(right.Key) || !Same(left.Value, right.Value))
                return false;
        }
        return !right.MoveNext();
    }

    private static bool SameArray(ReadOnlySpan<byte> x, ReadOnlySpan<byte> y)
    {
        x = x[1..];
        y = y[1..];
        while (x[0] != ']' && y[0] != ']')
        {
            var xEnd = CanonicalObject.EndOfValue(x, 0);
            var yEnd = CanonicalObject.EndOfValue(y, 0);
            if (!Same(x[..xEnd], y[..yEnd]))
                return false;
            x = x[(x[xEnd] == ',' ? xEnd + 1 : xEnd)..];
            y = y[(y[yEnd] == ',' ? yEnd + 1 : yEnd)..];
        }
        return x[0] == ']' && y[0] == ']';
    }

    private static bool IsNumeric(ReadOnlySpan<byte> value) => IsNumber(value) || value[0] is (byte)'t' or (byte)'f';

    private static bool SameNumber(ReadOnlySpan<byte> x, ReadOnlySpan<byte> y)
    {
        var (xInteger, xFloat) = Split(x);
        var (yInteger, yFloat) = Split(y);
        if (xInteger is { } i && yInteger is { } j)
            return i == j;
        if (xInteger is null && yInteger is null)
            return xFloat == yFloat;
        var real = xInteger is null ? xFloat : yFloat;
        return double.IsInteger(real) && new BigInteger(real) == (xInteger ?? yInteger);
    }

    private static (BigInteger? Integer, double Float) Split(ReadOnlySpan<byte> value)
    {
        if (value[0] is (byte)'t' or (byte)'f')
            return (value[0] == 't' ? BigInteger.One : BigInteger.Zero, 0);
        var isFloat = value.IndexOfAny((byte)'.', (byte)'e') >= 0;
        return isFloat
            ? (null, double.Parse(value, NumberStyles.Float, CultureInfo.InvariantCulture))
            : (BigInteger.Parse(System.Text.Encoding.ASCII.GetString(value), CultureInfo.InvariantCulture), 0);
    }

    private static double? Parse(string text)
    {
        var word = text.TrimStart('+', '-').ToLowerInvariant();
        if (word is "inf" or "infinity")
            return double.PositiveInfinity;
        return double.TryParse(
            text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
    }
}
