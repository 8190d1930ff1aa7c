using System.Globalization;
using System.Numerics;
using System.Text.Json;
using FsCheck.Xunit;
using Granary.Gateway.Schemas;

namespace Granary.Gateway.Tests.Schemas;

public class SchemaProperties
{
    [Property(MaxTest = 200)]
    public void Any_value_satisfies_a_const_and_an_enum_of_itself(Dictionary<string, int[]> value)
    {
        var json = JsonSerializer.SerializeToElement(value.Where(p => IsText(p.Key)).ToDictionary());
        JsonSchema.Compile(JsonSerializer.SerializeToElement(new Dictionary<string, object> { ["const"] = json })).IsValid(json).ShouldBeTrue();
    }

    [Property(MaxTest = 300)]
    public void Bounds_agree_with_exact_arithmetic(int left, int leftExponent, int right, int rightExponent)
    {
        var (a, b) = (Number(left, leftExponent), Number(right, rightExponent));
        var exact = Scaled(left, leftExponent).CompareTo(Scaled(right, rightExponent));
        Schema.Judge($$"""{"minimum":{{b}}}""", a, exact >= 0);
        Schema.Judge($$"""{"exclusiveMaximum":{{b}}}""", a, exact < 0);
        Schema.Judge($$"""{"const":{{b}}}""", a, exact == 0);
    }

    [Property(MaxTest = 300)]
    public void Multiples_agree_with_exact_arithmetic(int value, int exponent, byte divisor, int divisorExponent)
    {
        var by = Math.Max(1, (int)divisor);
        var exact = (Scaled(value, exponent) % Scaled(by, divisorExponent)).IsZero;
        Schema.Judge($$"""{"multipleOf":{{Number(by, divisorExponent)}}}""", Number(value, exponent), exact);
    }

    [Property(MaxTest = 200)]
    public void Length_counts_code_points(string? text)
    {
        if (text is null || !IsText(text))
            return;
        var length = text.EnumerateRunes().Count();
        Schema.Judge($$"""{"minLength":{{length}},"maxLength":{{length}}}""", JsonSerializer.Serialize(text), true);
        Schema.Judge($$"""{"minLength":{{length + 1}}}""", JsonSerializer.Serialize(text), false);
    }

    [Property(MaxTest = 200)]
    public void Uniqueness_agrees_with_a_set(int[] items) =>
        Schema.Judge("""{"uniqueItems":true}""", JsonSerializer.Serialize(items), items.Distinct().Count() == items.Length);

    private static string Number(int digits, int exponent) => string.Create(CultureInfo.InvariantCulture, $"{digits}e{exponent % 20}");

    private static BigInteger Scaled(int digits, int exponent) => digits * BigInteger.Pow(10, 20 + (exponent % 20));

    private static bool IsText(string text) =>
        text.EnumerateRunes().Sum(r => r.Utf16SequenceLength) == text.Length && !text.EnumerateRunes().Any(r => r.Value == 0xFFFD);
}
