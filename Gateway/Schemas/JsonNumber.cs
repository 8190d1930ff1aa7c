using System.Numerics;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Granary.Gateway.Schemas;

/// <summary>
/// A JSON number by its digits: exact whatever its size, and never expanded, so that <c>1e999999999</c> costs what its text costs.
/// Its value is 0.ddd… × 10^<see cref="Magnitude"/>, the first digit not 0.
/// </summary>
internal readonly ref struct JsonNumber
{
    private const long MaxExponent = 1_000_000_000;

    private readonly ReadOnlySpan<byte> _whole;
    private readonly ReadOnlySpan<byte> _fraction;
    private readonly int _first;

    /// <summary>Reads the text of a JSON number, which must be well formed.</summary>
    public JsonNumber(ReadOnlySpan<byte> text)
    {
        Negative = text[0] == '-';
        if (Negative)
            text = text[1..];
        var e = text.IndexOfAny((byte)'e', (byte)'E');
        var exponent = e < 0 ? 0 : Exponent(text[(e + 1)..]);
        if (e >= 0)
            text = text[..e];
        var point = text.IndexOf((byte)'.');
        _whole = point < 0 ? text : text[..point];
        _fraction = point < 0 ? default : text[(point + 1)..];

        var count = _whole.Length + _fraction.Length;
        while (_first < count && At(_first) == '0')
            _first++;
        if (_first == count)
            return;
        while (At(count - 1) == '0')
            count--;
        Digits = count - _first;
        Magnitude = _whole.Length - _first + exponent;
    }

    /// <summary>The number in an element.</summary>
    public static JsonNumber Of(in JsonElement number) => new(JsonMarshal.GetRawUtf8Value(number));

    /// <summary>Whether it has a minus sign; meaningless for zero.</summary>
    public bool Negative { get; }

    /// <summary>How many significant digits; 0 for zero.</summary>
    public int Digits { get; }

    /// <summary>How many of its digits stand before the decimal point; negative for zeros right behind it.</summary>
    public long Magnitude { get; }

    /// <summary>The power of ten of its last digit.</summary>
    public long Scale => Magnitude - Digits;

    /// <summary>Whether it has no fraction: 1.0 and 1e3 have none.</summary>
    public bool IsInteger => Digits == 0 || Scale >= 0;

    /// <summary>−1, 0, 1 as this is less than, equal to, greater than the other.</summary>
    public int CompareTo(JsonNumber other)
    {
        var sign = Sign;
        if (sign != other.Sign || sign == 0)
            return sign.CompareTo(other.Sign);
        var order = Magnitude.CompareTo(other.Magnitude);
        for (var i = 0; order == 0 && i < Math.Max(Digits, other.Digits); i++)
            order = Digit(i).CompareTo(other.Digit(i));
        return Math.Sign(order) * sign;
    }

    /// <summary>Equal for numbers of equal value.</summary>
    public int ValueHash()
    {
        var hash = new HashCode();
        hash.Add(Sign);
        hash.Add(Digits == 0 ? 0 : Magnitude);
        for (var i = 0; i < Digits; i++)
            hash.Add(Digit(i));
        return hash.ToHashCode();
    }

    /// <summary>The significant digits as a whole number, without the sign.</summary>
    public BigInteger Significand()
    {
        Span<byte> digits = Digits <= 256 ? stackalloc byte[Digits] : new byte[Digits];
        for (var i = 0; i < Digits; i++)
            digits[i] = Digit(i);
        return Digits == 0 ? BigInteger.Zero : BigInteger.Parse(System.Text.Encoding.ASCII.GetString(digits));
    }

    private int Sign => Digits == 0 ? 0 : Negative ? -1 : 1;

    private byte At(int i) => i < _whole.Length ? _whole[i] : _fraction[i - _whole.Length];

    private byte Digit(int i) => i < Digits ? At(_first + i) : (byte)'0';

    private static long Exponent(ReadOnlySpan<byte> text)
    {
        var negative = text[0] == '-';
        var value = 0L;
        foreach (var c in text[0] is (byte)'-' or (byte)'+' ? text[1..] : text)
            value = Math.Min(MaxExponent, value * 10 + (c - '0'));
        return negative ? -value : value;
    }
}
