using Granary.Gateway.Health;

namespace Granary.Gateway.Tests.Health;

/// <summary>A container's health check asks the port, except where its gateway speaks stdio and has none.</summary>
public sealed class HealthCommandTests
{
    [Theory]
    [InlineData("/app/Granary.Gateway\0--transport\0stdio\0", null, true)]
    [InlineData("/app/Granary.Gateway\0--transport\0http\0", null, false)]
    [InlineData("/app/Granary.Gateway\0--transport\0http\0", "stdio", false)]
    [InlineData("/app/Granary.Gateway\0--data\0/data\0", "stdio", true)]
    [InlineData("/app/Granary.Gateway\0", "http", false)]
    [InlineData("/app/Granary.Gateway\0", null, false)]
    [InlineData("/sbin/init\0stdio\0", "stdio", false)]
    [InlineData("", "stdio", false)]
    public async Task A_gateway_over_stdio_is_known_by_its_command_line_or_its_variable(string commandLine, string? environment, bool stdio)
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, commandLine);
        HealthCommand.SpeaksStdio(file, environment).ShouldBe(stdio);
        File.Delete(file);
    }

    [Fact]
    public void A_machine_without_such_a_file_has_no_stdio_gateway() => HealthCommand.SpeaksStdio("/no/such/file", "stdio").ShouldBeFalse();
}
