using Granary.Bench.Setup;

namespace Granary.Bench.Tests.Setup;

public class BenchOptionsTests
{
    [Fact]
    public void Scenarios_and_options_in_any_order()
    {
        var options = BenchOptions.Parse(["--quick", "call", "--tools", "/some/where/tools.dll", "idle", "--server-args", "--x 1"]);
        options.Scenarios.ShouldBe(["call", "idle"]);
        options.Quick.ShouldBeTrue();
        options.Write.ShouldBeFalse();
        options.Tools.ShouldBe("/some/where/tools.dll");
        options.ServerArguments.ShouldBe(["--x", "1"]);
        options.CommandLine.ShouldNotContain("/some/where");
    }

    [Theory]
    [InlineData()]
    [InlineData("--fast")]
    [InlineData("call", "--tools")]
    [InlineData("vault-builds", "--baseline")]
    public void What_is_wrong_gets_the_usage(params string[] args) =>
        Should.Throw<BenchException>(() => BenchOptions.Parse(args)).Message.ShouldContain("Usage: ");
}
