using System.Text;
using FsCheck;
using FsCheck.Xunit;
using Granary.Vault.Canonical;

namespace Granary.Vault.Tests.Canonical;

[Properties(Arbitrary = [typeof(JsonSamples)], MaxTest = 500)]
public sealed class CanonicalPropertyTests
{
    [Property]
    public void It_agrees_with_a_model_that_is_slow_and_simple(JsonSample sample) => Canonicalize(sample.Messy).ShouldBe(sample.Canonical);

    [Property]
    public void The_canonical_form_is_its_own(JsonSample sample) => Canonicalize(sample.Canonical).ShouldBe(sample.Canonical);

    [Property]
    public void Every_member_of_an_object_is_found_under_its_key(JsonSample[] values)
    {
        var canonical = Encoding.UTF8.GetBytes(Canonicalize($"{{{string.Join(',', values.Select((value, i) => $"\"k{i:D4}\":{value.Messy}"))}}}"));
        for (var i = 0; i < values.Length; i++)
        {
            CanonicalObject.TryGet(canonical, Encoding.ASCII.GetBytes($"k{i:D4}"), out var found).ShouldBeTrue();
            Encoding.UTF8.GetString(found).ShouldBe(values[i].Canonical);
        }
        CanonicalObject.TryGet(canonical, "k"u8, out _).ShouldBeFalse();
    }

    [Property]
    public void What_is_cut_off_is_refused(JsonSample sample, PositiveInt cut)
    {
        var whole = $"[{sample.Messy}]";
        Should.Throw<CanonicalJsonException>(() => Canonicalize(whole[..(cut.Get % whole.Length)]));
    }

    [Property]
    public void Floats_are_laid_out_as_the_slow_model_does(long bits)
    {
        var value = BitConverter.Int64BitsToDouble(bits);
        if (!double.IsFinite(value))
            return;
        using var output = new PooledBuffer();
        PythonFloat.Write(value, output);
        Encoding.ASCII.GetString(output.Written).ShouldBe(SlowFloat.Show(value));
    }

    [Property]
    public void Decimal_fractions_are_laid_out_as_the_slow_model_does(int digits, byte shift)
    {
        var value = digits * Math.Pow(10, (shift % 50) - 25);
        using var output = new PooledBuffer();
        PythonFloat.Write(value, output);
        Encoding.ASCII.GetString(output.Written).ShouldBe(SlowFloat.Show(value));
    }

    private static string Canonicalize(string json) => Encoding.UTF8.GetString(CanonicalJson.Canonicalize(Encoding.UTF8.GetBytes(json)));
}
