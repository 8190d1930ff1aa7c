using Granary.Scenarios.Load;

namespace Granary.Scenarios.Tests.Load;

public sealed class ZipfLawTests
{
    [Fact]
    public void Turns_are_as_many_as_the_weights_say_and_as_far_apart_as_can_be()
    {
        // 1/2, 1/3 and 1/4 of the first are 6, 4 and 3 of 13.
        var turns = ZipfLaw.Turns(ZipfLaw.Weights(2, 3), 13).ToList();
        turns.CountBy(turn => turn).OrderBy(turn => turn.Key).Select(turn => turn.Value).ShouldBe([6, 4, 3]);
        turns.Zip(turns.Skip(1)).ShouldAllBe(pair => pair.First != pair.Second);
    }

    [Fact]
    public void Every_one_of_200_has_a_turn_among_a_thousand_and_none_has_many_in_a_row()
    {
        var turns = ZipfLaw.Turns(ZipfLaw.Weights(2, 199), 1000).ToList();
        turns.Distinct().Count().ShouldBe(199);
        for (var at = 0; at + 32 <= turns.Count; at++)
            turns.Skip(at).Take(32).CountBy(turn => turn).Max(turn => turn.Value).ShouldBeLessThan(8);
    }
}
