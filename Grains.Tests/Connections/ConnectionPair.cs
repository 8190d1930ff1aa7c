using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Granary.Grains.Tests.Connections;

/// <summary>Both ends of one connection, in memory.</summary>
internal sealed class ConnectionPair
{
    public ConnectionPair()
    {
        var (up, down) = (new Pipe(), new Pipe());
        Caller = Create(up.Writer, down.Reader, 30000);
        Called = Create(down.Writer, up.Reader, 50000);
    }

    public ConnectionContext Caller { get; }

    public ConnectionContext Called { get; }

    private static DefaultConnectionContext Create(PipeWriter output, PipeReader input, int peer) => new(Guid.NewGuid().ToString())
    {
        Transport = new Duplex(input, output),
        RemoteEndPoint = new IPEndPoint(IPAddress.Parse("10.0.0.7"), peer),
    };

    private sealed class Duplex(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output => output;
    }
}
