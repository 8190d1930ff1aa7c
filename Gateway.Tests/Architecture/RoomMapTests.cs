using Granary.Gateway.Tests.Support;

namespace Granary.Gateway.Tests.Architecture;

public sealed class RoomMapTests
{
    [Fact]
    public void The_committed_map_is_what_the_code_says()
    {
        var (file, drawn) = (Path.Combine(Checkout.Root, RoomMap.Page), RoomMap.Draw());
        if (Environment.GetEnvironmentVariable("GRANARY_DRAW_ROOMS") == "1")
            File.WriteAllText(file, drawn);
        File.ReadAllText(file).ShouldBe(drawn, $"{RoomMap.Page} is out of date: draw it again with GRANARY_DRAW_ROOMS=1");
    }
}
