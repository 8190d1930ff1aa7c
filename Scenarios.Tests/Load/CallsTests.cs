using Granary.Scenarios.Clients;
using Granary.Scenarios.Load;

namespace Granary.Scenarios.Tests.Load;

public sealed class CallsTests
{
    private static readonly Answer Good = new(AnswerKind.Success, 200);
    private static readonly Answer Bad = new(AnswerKind.HttpError, 502, Message: "gone");

    [Fact]
    public void Failures_and_quantiles_are_counted_over_all()
    {
        var calls = new Calls([.. Enumerable.Range(1, 100).Select(i => Record(i, i, i == 100 ? Bad : Good))]);
        calls.Failed.Count.ShouldBe(1);
        calls.FirstFailure.ShouldBe("append of t: HttpError 502  gone");
        calls.Quantile(0.5).ShouldBe(TimeSpan.FromMilliseconds(50));
        calls.Quantile(0.99).ShouldBe(TimeSpan.FromMilliseconds(99));
        calls.Longest.ShouldBe(TimeSpan.FromMilliseconds(100));
        calls.Between(10, 20).Records.Count.ShouldBe(10);
    }

    [Fact]
    public void No_calls_are_no_error()
    {
        var none = new Calls([]);
        none.Quantile(0.99).ShouldBe(TimeSpan.Zero);
        none.Longest.ShouldBe(TimeSpan.Zero);
        none.First.ShouldBeNull();
    }

    private static CallRecord Record(long begin, int milliseconds, Answer answer) => new("append", "t", begin, TimeSpan.FromMilliseconds(milliseconds), answer);
}
