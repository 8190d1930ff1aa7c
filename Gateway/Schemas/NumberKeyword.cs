using System.Numerics;
using System.Text;
using System.Text.Json;

namespace Granary.Gateway.Schemas;

/// <summary><c>minimum</c>, <c>maximum</c>, <c>exclusiveMinimum</c> or <c>exclusiveMaximum</c>, exact for numbers of any size.</summary>
internal sealed class BoundKeyword(string limit, int sign, bool exclusive) : Keyword
{
    private readonly byte[] _limit = Encoding.ASCII.GetBytes(limit);
    private readonly string _sentence = $"must be {(sign > 0 ? exclusive ? "greater than" : "at least" : exclusive ? "less than" : "at most")} {limit}";

    public static BoundKeyword? ReadMinimum(SchemaSource source) => Read(source, "minimum", 1, false);

    public static BoundKeyword? ReadMaximum(SchemaSource source) => Read(source, "maximum", -1, false);

    public static BoundKeyword? ReadExclusiveMinimum(SchemaSource source) => Read(source, "exclusiveMinimum", 1, true);

    public static BoundKeyword? ReadExclusiveMaximum(SchemaSource source) => Read(source, "exclusiveMaximum", -1, true);

    public override bool Check(in JsonElement value, ref Validation run)
    {
        if (value.ValueKind != JsonValueKind.Number)
            return true;
        var order = JsonNumber.Of(value).CompareTo(new JsonNumber(_limit)) * sign;
        return order > 0 || (order == 0 && !exclusive) || Fail(ref run, _sentence);
    }

    private static BoundKeyword? Read(SchemaSource source, string name, int sign, bool exclusive) =>
        source.Number(name) is { } limit ? new BoundKeyword(limit.GetRawText(), sign, exclusive) : null;
}

/// <summary><c>multipleOf</c>, exact for decimal fractions: 0.3 is a multiple of 0.1.</summary>
internal sealed class MultipleOfKeyword : Keyword
{
    private const int MaxDivisorDigits = 30;
    private const int MaxDivisorScale = 400;
    private const int MaxDigits = 1_000;

    private readonly string _text;
    private readonly BigInteger _divisor;
    private readonly long _scale;

    private MultipleOfKeyword(string text, JsonNumber divisor) => (_text, _divisor, _scale) = (text, divisor.Significand(), divisor.Scale);

    public static MultipleOfKeyword? Read(SchemaSource source)
    {
        if (source.Number("multipleOf") is not { } element)
            return null;
        var divisor = JsonNumber.Of(element);
        if (divisor.Negative || divisor.Digits == 0)
            throw source.Wrong("multipleOf", "must be greater than 0");
        if (divisor.Digits > MaxDivisorDigits || Math.Abs(divisor.Scale) > MaxDivisorScale)
            throw source.Wrong("multipleOf", $"has more than {MaxDivisorDigits} digits or is too large or small");
        return new MultipleOfKeyword(element.GetRawText(), divisor);
    }

    public override bool Check(in JsonElement value, ref Validation run) =>
        value.ValueKind != JsonValueKind.Number || IsMultiple(value) || Fail(ref run, $"must be a multiple of {_text}");

    private bool IsMultiple(in JsonElement value)
    {
        if (_scale == 0 && _divisor <= long.MaxValue && value.TryGetInt64(out var whole))
            return whole % (long)_divisor == 0;
        var number = JsonNumber.Of(value);
        if (number.Digits == 0)
            return true;
        // A number with more digits costs more than linear time to read; nobody means one.
        if (number.Digits > MaxDigits)
            return false;
        var shift = number.Scale - _scale;
        if (shift >= 0)
            return (number.Significand() % _divisor * BigInteger.ModPow(10, shift, _divisor) % _divisor).IsZero;
        // Its last digit is not 0, so it is no multiple of a power of ten beyond its own digits.
        return -shift <= number.Digits && (number.Significand() % (_divisor * BigInteger.Pow(10, (int)-shift))).IsZero;
    }
}
