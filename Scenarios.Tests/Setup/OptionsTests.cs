using Granary.Scenarios.Results;
using Granary.Scenarios.Setup;

namespace Granary.Scenarios.Tests.Setup;

public sealed class OptionsTests
{
    [Fact]
    public void Names_and_options_are_read_in_any_order()
    {
        var options = Options.Parse(["kill-silo", "--long", "--shape", "cluster", "--port", "2000", "redis-full", "--no-build"]);
        options.Names.ShouldBe(["kill-silo", "redis-full"]);
        (options.Long, options.Shape, options.Port, options.Build).ShouldBe((true, "cluster", 2000, false));
    }

    [Theory]
    [InlineData("--shape", "round")]
    [InlineData("--port", "80")]
    [InlineData("--port")]
    [InlineData("--fast")]
    public void What_is_not_understood_is_said(params string[] arguments) =>
        Should.Throw<ScenarioException>(() => Options.Parse(arguments)).Message.ShouldContain(arguments[0]);
}
