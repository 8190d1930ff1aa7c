using Granary.Bench.Load;

namespace Granary.Bench.Tests.Load;

public class LatencyHistogramTests
{
    [Fact]
    public void Quantiles_are_right_to_a_thirty_second()
    {
        var histogram = new LatencyHistogram();
        for (var i = 1; i <= 10_000; i++)
            histogram.Add(TimeSpan.FromMicroseconds(i));
        histogram.Quantile(0.5).ShouldBeInRange(5_000, 5_000 * 1.04);
        histogram.Quantile(0.99).ShouldBeInRange(9_900, 9_900 * 1.04);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(1_000_000)]
    [InlineData(60_000_000)]
    public void A_bucket_holds_what_is_put_into_it(int microseconds)
    {
        var (histogram, other) = (new LatencyHistogram(), new LatencyHistogram());
        other.Add(TimeSpan.FromMicroseconds(microseconds));
        histogram.Add(other);
        histogram.Quantile(1).ShouldBeInRange(microseconds, Math.Max(1, microseconds * 1.04) + 1);
    }
}
