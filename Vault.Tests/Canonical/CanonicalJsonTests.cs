using System.Globalization;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Granary.Vault.Canonical;

namespace Granary.Vault.Tests.Canonical;

public sealed class CanonicalJsonTests
{
    [Theory]
    [InlineData("1e0", "1.0")]
    [InlineData("10.50", "10.5")]
    [InlineData("1e15", "1000000000000000.0")]
    [InlineData("9999999999999998.0", "9999999999999998.0")]
    [InlineData("1e16", "1e+16")]
    [InlineData("12345678901234567.0", "1.2345678901234568e+16")]
    [InlineData("0.0001", "0.0001")]
    [InlineData("0.00012345", "0.00012345")]
    [InlineData("0.00001", "1e-05")]
    [InlineData("1.5e-7", "1.5e-07")]
    [InlineData("1E400", null)]
    [InlineData("5e-324", "5e-324")]
    [InlineData("1e-400", "0.0")]
    [InlineData("1.7976931348623157e308", "1.7976931348623157e+308")]
    [InlineData("-0", "0")]
    [InlineData("-0.0", "-0.0")]
    [InlineData("01", null)]
    [InlineData("1.", null)]
    [InlineData(".5", null)]
    [InlineData("+1", null)]
    [InlineData("1e", null)]
    [InlineData("-", null)]
    [InlineData("-Infinity", null)]
    public void Numbers_keep_their_class_and_get_pythons_layout(string token, string? expected) => Check(token, expected);

    [Theory]
    [InlineData("""{"😀":1,"￿":2}""", """{"￿":2,"😀":1}""")]
    [InlineData("""{"a\"":1,"a!":2}""", """{"a!":2,"a\"":1}""")]
    [InlineData("""{"a\u0001":1,"a\t":2,"a":3}""", """{"a":3,"a\u0001":1,"a\t":2}""")]
    [InlineData("""{"\u0061":1,"a":2}""", """{"a":2}""")]
    [InlineData("""{"b":{"d":1,"c":[{"f":1,"e":2}]},"a":0}""", """{"a":0,"b":{"c":[{"e":2,"f":1}],"d":1}}""")]
    [InlineData(""" [ 1 , 2 , { } , [ ] ] """, "[1,2,{},[]]")]
    [InlineData("\"\\ud83d\\ude00\\/\"", "\"😀/\"")]
    [InlineData("\"\\udc00\"", null)]
    [InlineData("\"\\ud83dx\"", null)]
    [InlineData("\"\\x\"", null)]
    [InlineData("\"\\u12g4\"", null)]
    [InlineData("\"\\u12\"", null)]
    [InlineData("\"open", null)]
    [InlineData("\"tab\there\"", null)]
    [InlineData("{\"a\":1,}", null)]
    [InlineData("{\"a\" 1}", null)]
    [InlineData("{a:1}", null)]
    [InlineData("[1 2]", null)]
    [InlineData("[1,]", null)]
    [InlineData("[", null)]
    [InlineData("1 1", null)]
    [InlineData("", null)]
    [InlineData("nul", null)]
    [InlineData("\uFEFF1", null)]
    public void Structure_strings_and_order(string text, string? expected) => Check(text, expected);

    [Fact]
    public void Integers_have_at_most_4300_digits()
    {
        Check(new string('9', 4300), new string('9', 4300));
        Check("-" + new string('9', 4301), null);
    }

    [Fact]
    public void Nesting_is_limited()
    {
        Check(new string('[', 64) + new string(']', 64), new string('[', 64) + new string(']', 64));
        Check(new string('[', 65) + new string(']', 65), null);
        Check(new string('[', 1_000_000), null);
    }

    [Fact]
    public void Invalid_utf8_is_refused_with_its_place() =>
        Should.Throw<CanonicalJsonException>(() => CanonicalJson.Canonicalize([(byte)'"', (byte)'a', 0xC0, 0x80, (byte)'"'])).Offset.ShouldBe(2);

    [Fact]
    public void A_failure_leaves_the_output_as_it_was()
    {
        using var output = new PooledBuffer();
        output.Write("kept"u8);
        Should.Throw<CanonicalJsonException>(() => CanonicalJson.Write("{\"a\":[1,2,x]}"u8, output));
        Encoding.UTF8.GetString(output.Written).ShouldBe("kept");
    }

    [Property(MaxTest = 500)]
    public void Doubles_read_back_as_themselves(NormalFloat value)
    {
        using var output = new PooledBuffer();
        PythonFloat.Write(value.Get, output);
        var text = Encoding.UTF8.GetString(output.Written);
        double.Parse(text, CultureInfo.InvariantCulture).ShouldBe(value.Get);
        Check(text, text);
    }

    [Property(MaxTest = 300)]
    public void Canonical_form_is_its_own_canonical_form_and_says_the_same(Dictionary<NonNull<string>, int[]> members)
    {
        // Two keys may become one without their surrogates.
        var plain = new Dictionary<string, int[]>();
        foreach (var (key, value) in members)
            plain[new string([.. key.Get.Where(c => !char.IsSurrogate(c))])] = value;
        var json = JsonSerializer.SerializeToUtf8Bytes(plain);
        var canonical = CanonicalJson.Canonicalize(json);
        CanonicalJson.Canonicalize(canonical).ShouldBe(canonical);
        var read = JsonSerializer.Deserialize<Dictionary<string, int[]>>(canonical)!;
        read.Count.ShouldBe(plain.Count);
        foreach (var (key, value) in plain)
            read[key].ShouldBe(value);
        var keys = JsonDocument.Parse(canonical).RootElement.EnumerateObject().Select(member => Encoding.UTF8.GetBytes(member.Name)).ToList();
        for (var i = 1; i < keys.Count; i++)
            keys[i - 1].AsSpan().SequenceCompareTo(keys[i]).ShouldBeLessThan(0);
    }

    [Property(MaxTest = 1000)]
    public void Any_bytes_give_a_form_or_a_clear_failure(byte[] bytes)
    {
        try
        {
            CanonicalJson.Canonicalize(bytes);
        }
        catch (CanonicalJsonException failure)
        {
            failure.Offset.ShouldBeInRange(0, bytes.Length);
        }
    }

    private static void Check(string text, string? expected)
    {
        if (expected is null)
            Should.Throw<CanonicalJsonException>(() => CanonicalJson.Canonicalize(Encoding.UTF8.GetBytes(text)));
        else
            Encoding.UTF8.GetString(CanonicalJson.Canonicalize(Encoding.UTF8.GetBytes(text))).ShouldBe(expected);
    }
}
