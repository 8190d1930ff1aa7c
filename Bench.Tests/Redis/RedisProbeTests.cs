using Granary.Bench.Redis;
using System.Text;

namespace Granary.Bench.Tests.Redis;

public class RedisProbeTests
{
    [Fact]
    public void A_command_is_repeated_as_Redis_reads_it()
    {
        var bytes = RedisProbe.Repeat(["RPUSH"u8.ToArray(), "k"u8.ToArray(), "\r\n"u8.ToArray()], 2);
        Encoding.ASCII.GetString(bytes).ShouldBe("*3\r\n$5\r\nRPUSH\r\n$1\r\nk\r\n$2\r\n\r\n\r\n*3\r\n$5\r\nRPUSH\r\n$1\r\nk\r\n$2\r\n\r\n\r\n");
    }
}
