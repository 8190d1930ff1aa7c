using System.Net;
using System.Net.Sockets;
using Granary.Scenarios.Cluster;

namespace Granary.Scenarios.Tests.Cluster;

public sealed class PortBlockTests
{
    [Fact]
    public void A_block_with_a_port_in_use_is_passed_over()
    {
        var first = PortBlock.Find();
        using var taken = new TcpListener(IPAddress.Loopback, first + 30);
        taken.Start();
        PortBlock.Find(first).ShouldBeGreaterThanOrEqualTo(first + PortBlock.Size);
    }
}
