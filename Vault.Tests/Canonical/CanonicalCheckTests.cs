using System.Globalization;
using System.Text;
using FsCheck.Xunit;
using Granary.Vault.Canonical;
using Granary.Vault.Tests.Support;

namespace Granary.Vault.Tests.Canonical;

/// <summary>The quick look that spares canonical lines their rewriting: it may be too strict, never too lax.</summary>
public sealed class CanonicalCheckTests
{
    [Theory]
    [InlineData("{\"a\":1,\"b\":[1,2.5,-0.0,0.0001,1e+21],\"c\":\"ü\\n\\u001f\"}", null)]
    [InlineData("{\"a\":1,\"b\":[true,false,null,0,-1,0.25],\"c\":\"ü\\n\\u001f\"}", true)]
    [InlineData("{\"b\":1,\"a\":1}", false)]
    [InlineData("{\"a\":1,\"a\":1}", false)]
    [InlineData("{\"a\": 1}", false)]
    [InlineData("[1.50]", false)]
    [InlineData("[-0]", false)]
    [InlineData("[01]", false)]
    [InlineData("[0.00001]", false)]
    [InlineData("[1.0e5]", false)]
    [InlineData("[123456789.123456789]", false)]
    [InlineData("[\"\\/\"]", false)]
    [InlineData("[\"\\u0041\"]", false)]
    [InlineData("[\"\\u000A\"]", false)]
    [InlineData("[\"\\u000a\"]", false)]
    [InlineData("{\"a\":1} ", false)]
    [InlineData("{\"a\":1", false)]
    [InlineData("[\"a", false)]
    [InlineData("[tru]", false)]
    [InlineData("", false)]
    public void It_knows_the_form(string text, bool? expected)
    {
        var found = CanonicalJson.IsCanonical(Encoding.UTF8.GetBytes(text));
        if (expected is not null)
            found.ShouldBe(expected.Value);
        if (found)
            CanonicalJson.Canonicalize(Encoding.UTF8.GetBytes(text)).ShouldBe(Encoding.UTF8.GetBytes(text));
    }

    [Fact]
    public void Lines_of_logs_pass()
    {
        foreach (var line in File.ReadLines(Fixture.PathOf("sample-vault-strict/events/events.ndjson")).Take(5))
            CanonicalJson.IsCanonical(Encoding.UTF8.GetBytes(line)).ShouldBeTrue(line);
    }

    [Property(MaxTest = 1000)]
    public void Whatever_it_lets_pass_is_canonical(byte[] noise, byte at)
    {
        var text = Encoding.UTF8.GetBytes("{\"a\":[1,0.5,\"x\\n\"],\"b\":{\"c\":null}}");
        for (var i = 0; i < Math.Min(noise.Length, 3); i++)
            text[(at + i) % text.Length] = noise[i];
        if (CanonicalJson.IsCanonical(text))
            CanonicalJson.Canonicalize(text).ShouldBe(text);
    }

    [Property(MaxTest = 1000)]
    public void Floats_that_pass_are_canonical(decimal value)
    {
        var text = Encoding.UTF8.GetBytes($"[{value.ToString(CultureInfo.InvariantCulture)}]");
        if (CanonicalJson.IsCanonical(text))
            CanonicalJson.Canonicalize(text).ShouldBe(text);
    }
}
