using System.Diagnostics;
using Granary.Bench.Load;

namespace Granary.Bench.Tests.Load;

public class PacerTests
{
    [Fact]
    public async Task Turns_are_due_at_the_rate_and_none_comes_before()
    {
        var begin = Stopwatch.GetTimestamp();
        var turns = new List<Turn>();
        await foreach (var turn in Pacer.Start(rate: 1_000, TimeSpan.FromSeconds(0.25)).ReadAllAsync())
        {
            Stopwatch.GetTimestamp().ShouldBeGreaterThanOrEqualTo(turn.Due);
            turns.Add(turn);
        }
        turns.Select(turn => turn.Number).ShouldBe(Enumerable.Range(0, 250).Select(i => (long)i));
        turns[0].Due.ShouldBeGreaterThanOrEqualTo(begin);
        // Late or not, a turn stays due when it was.
        Stopwatch.GetElapsedTime(turns[0].Due, turns[^1].Due).TotalMilliseconds.ShouldBe(249, tolerance: 0.1);
    }
}
