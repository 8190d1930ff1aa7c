using Granary.Scenarios.Cluster;

namespace Granary.Scenarios.Tests.Cluster;

public sealed class ClusterSettingsTests
{
    [Fact]
    public void An_instance_gets_what_is_meant_for_it()
    {
        var settings = new ProcessSettings().WithAll("A", "1").With("gateway-", "B", "x:y=z").With("silo-1", "C", "3");
        settings.For("gateway-2").ShouldBe(["A=1", "B=x:y=z"]);
        settings.For("silo-1").ShouldBe(["A=1", "C=3"]);
        settings.For("silo-2").ShouldBe(["A=1"]);
    }

    [Fact]
    public void Settings_with_the_same_content_are_the_same() =>
        new ProcessSettings().With("silo-1", "A", "1").ShouldBe(new ProcessSettings().With("silo-1", "A", "1"));

    [Theory]
    [InlineData("gateway-1  ready  23541    127.0.0.1:21623", "gateway-1", "ready", 23541, 21623)]
    [InlineData("haproxy    down   -        127.0.0.1:28175", "haproxy", "down", 0, 28175)]
    public void A_line_of_status_is_read(string line, string name, string state, int pid, int port) =>
        Instance.Parse(line).ShouldBe(new Instance(name, state, pid, port));
}
