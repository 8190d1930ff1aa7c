using System.Net;
using Granary.Grains.Tests.Support;
using Granary.Silo.Membership;
using Orleans.Runtime.Placement;

namespace Granary.Grains.Tests.Silos;

public sealed class GradualPlacementTests
{
    private static readonly SiloAddress Self = Silo(1);
    private static readonly SiloAddress Old = Silo(2);
    private static readonly SiloAddress New = Silo(3);

    private readonly SteppedTime _time = new();
    private readonly GradualPlacement _placement;

    public GradualPlacementTests()
    {
        _placement = new GradualPlacement(new Nowhere(), _time);
        _placement.Choose([Self, Old], Self, () => 0);
        _time.Step(GradualPlacement.Ramp);
    }

    [Fact]
    public void A_silo_that_has_just_joined_takes_part_seldom_and_a_while_later_always()
    {
        _placement.Choose([Self, Old, New], Self, () => 0.5).ShouldBe([Self, Old]);
        _placement.Choose([Self, Old, New], Self, () => 0.05).ShouldBe([Self, Old, New]);
        _time.Step(GradualPlacement.Ramp / 2);
        _placement.Choose([Self, Old, New], Self, () => 0.5).ShouldBe([Self, Old, New]);
        _placement.Choose([Self, Old, New], Self, () => 0.9).ShouldBe([Self, Old]);
        _time.Step(GradualPlacement.Ramp);
        _placement.Choose([Self, Old, New], Self, () => 0.999).ShouldBe([Self, Old, New]);
    }

    [Fact]
    public void Where_there_are_only_new_silos_they_take_everything() => _placement.Choose([New], Self, () => 0.9).ShouldBe([New]);

    [Fact]
    public void A_silo_that_has_just_begun_is_new_itself_and_those_it_finds_are_not()
    {
        var fresh = new GradualPlacement(new Nowhere(), _time);
        fresh.Choose([New, Old], New, () => 0.9).ShouldBe([Old]);
    }

    private static SiloAddress Silo(int port) => SiloAddress.New(new IPEndPoint(IPAddress.Loopback, port), 1);

    private sealed class Nowhere : IPlacementDirector
    {
        public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context) =>
            throw new NotSupportedException();
    }
}
