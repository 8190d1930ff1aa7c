using Granary.Bench.Reports;

namespace Granary.Bench.Tests.Reports;

public class SampleTests
{
    [Theory]
    [InlineData(new[] { 3.0, 1.0, 2.0 }, "2.0 (1.0–3.0)")]
    [InlineData(new[] { 4.0, 1.0, 2.0, 3.0 }, "2.5 (1.0–4.0)")]
    [InlineData(new[] { 7.0 }, "7.0 (7.0–7.0)")]
    [InlineData(new double[0], "NaN (NaN–NaN)")]
    public void Median_and_range(double[] values, string shown) => Of(values).Show("F1").ShouldBe(shown);

    [Fact]
    public void Ratios_are_taken_within_a_repeat() => Of(10, 40, 90).Over(Of(10, 20, 30)).Show("F1").ShouldBe("2.0 (1.0–3.0)");

    [Fact]
    public void Differences_are_taken_within_a_repeat() => Of(10, 40, 90).Less(Of(1, 2, 3)).Show("F0").ShouldBe("38 (9–87)");

    private static Sample Of(params double[] values)
    {
        var sample = new Sample();
        foreach (var value in values)
            sample.Add(value);
        return sample;
    }
}
