using Granary.Gateway.Protocol.Legacy.Sessions;

namespace Granary.Gateway.Tests.Protocol.Legacy.Sessions;

/// <summary>Of a session's push streams on all gateways one is left: the one that came last.</summary>
public sealed class PushTurnsTests
{
    [Fact]
    public void The_newest_here_ends_the_one_before()
    {
        var turns = new PushTurns();
        using var first = turns.Take();
        using var second = turns.Take();
        first.Overtaken.IsCancellationRequested.ShouldBeTrue();
        second.Overtaken.IsCancellationRequested.ShouldBeFalse();
    }

    [Theory]
    [InlineData(5, 6, true)]
    [InlineData(6, 5, false)]
    [InlineData(0, 5, false)]
    public void A_turn_elsewhere_ends_it_if_it_came_later_whenever_that_is_heard(long mine, long other, bool isEnded)
    {
        foreach (var heardFirst in (bool[])[true, false])
        {
            var turns = new PushTurns();
            using var turn = turns.Take();
            if (heardFirst)
                turns.TakenElsewhere(other);
            turn.Place(mine);
            if (!heardFirst)
                turns.TakenElsewhere(other);
            turn.Overtaken.IsCancellationRequested.ShouldBe(isEnded, $"heard first: {heardFirst}");
        }
    }

    [Fact]
    public void A_turn_is_given_back_by_its_holder()
    {
        var turns = new PushTurns();
        var first = turns.Take();
        var second = turns.Take();
        first.Dispose();
        turns.IsTaken.ShouldBeTrue();
        second.Dispose();
        turns.IsTaken.ShouldBeFalse();
    }
}
