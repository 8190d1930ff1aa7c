using System.Net;

namespace Granary.Simulator.Tests;

public class CommandLineTests
{
    [Fact]
    public void Nothing_means_port_8090_on_this_machine()
    {
        var options = SimulatorCommandLine.Read([])!;
        options.Port.ShouldBe(8090);
        options.Address.ShouldBe(IPAddress.Loopback);
        options.Token.ShouldBeNull();
    }

    [Fact]
    public void Every_flag_is_read()
    {
        var options = SimulatorCommandLine.Read(["--port", "9", "--seed", "42", "--token", "t", "--host", "0.0.0.0"])!;
        options.Port.ShouldBe(9);
        options.Seed.ShouldBe(42UL);
        options.Token.ShouldBe("t");
        options.Address.ShouldBe(IPAddress.Any);
        options.ToString().ShouldNotContain("t)");
        var sized = SimulatorCommandLine.Read(["--hosts", "5000", "--calls-per-hour", "7", "--infra-calls-per-hour", "3"])!;
        (sized.Hosts, sized.CallsPerHour, sized.InfraCallsPerHour).ShouldBe((5000, 7, 3));
    }

    [Theory]
    [InlineData("--port")]
    [InlineData("--port", "x")]
    [InlineData("--port", "65536")]
    [InlineData("--seed", "-1")]
    [InlineData("--host", "localhost!")]
    [InlineData("--hosts", "2")]
    [InlineData("--openapi", "/nowhere.json")]
    [InlineData("--tokens", "/nowhere.json")]
    [InlineData("--what", "1")]
    public void Anything_else_is_refused(params string[] arguments) => SimulatorCommandLine.Read(arguments).ShouldBeNull();
}
