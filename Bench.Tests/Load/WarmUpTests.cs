using Granary.Bench.Load;

namespace Granary.Bench.Tests.Load;

public class WarmUpTests
{
    [Theory]
    [InlineData(new double[] { 350, 370, 360 }, 3)]
    [InlineData(new double[] { 444, 377, 109, 103, 101, 100 }, 6)]
    [InlineData(new double[] { 352, 373, 120, 119, 121 }, 5)]
    public async Task It_ends_after_two_rounds_that_cost_no_less(double[] costs, int rounds)
    {
        var next = 0;

        await WarmUp.RunAsync(() => Task.FromResult(costs[next++]));

        next.ShouldBe(rounds);
    }

    [Fact]
    public async Task It_ends_although_calls_never_stop_becoming_cheaper()
    {
        var (rounds, cost) = (0, 1000.0);

        await WarmUp.RunAsync(() => Task.FromResult(++rounds > 100 ? throw new InvalidOperationException("It does not end.") : cost /= 2));

        rounds.ShouldBeGreaterThan(2);
    }
}
