using Granary.Bench.Load;

namespace Granary.Bench.Tests.Load;

public class LoadBudgetTests
{
    [Fact]
    public void A_number_of_requests_from_a_first_one()
    {
        var budget = LoadBudget.Of(2, first: 7);
        budget.Next().ShouldBe(7);
        budget.Next().ShouldBe(8);
        budget.Next().ShouldBe(-1);
        budget.Next().ShouldBe(-1);
    }

    [Fact]
    public void Nothing_after_the_time_is_over() => LoadBudget.For(TimeSpan.Zero).Next().ShouldBe(-1);
}
