using System.Net;
using System.Net.Sockets;
using Granary.Scenarios.Faults;

namespace Granary.Scenarios.Tests.Faults;

public sealed class TcpProxyTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly TcpListener _server = new(IPAddress.Loopback, 0);
    private TcpProxy _wire = null!;

    public Task InitializeAsync()
    {
        _server.Start();
        _wire = new TcpProxy(0, ((IPEndPoint)_server.LocalEndpoint).Port);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _wire.DisposeAsync();
        _server.Dispose();
    }

    [Fact]
    public async Task What_is_sent_arrives_in_both_directions()
    {
        var (client, server) = await ConnectAsync();
        await client.SendAsync(new byte[] { 1 });
        (await ReadAsync(server)).ShouldBe((byte)1);
        await server.SendAsync(new byte[] { 2 });
        (await ReadAsync(client)).ShouldBe((byte)2);
    }

    [Fact]
    public async Task A_cut_wire_is_silent_and_delivers_late()
    {
        var (client, server) = await ConnectAsync();
        _wire.Cut();
        await client.SendAsync(new byte[] { 1 });
        var read = ReadAsync(server);
        await Task.Delay(200);
        read.IsCompleted.ShouldBeFalse();
        _wire.Heal();
        (await read).ShouldBe((byte)1);
    }

    [Fact]
    public async Task Nobody_is_connected_through_a_cut_wire()
    {
        _wire.Cut();
        var accepted = _server.AcceptSocketAsync();
        using var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(IPAddress.Loopback, _wire.Port);
        await Task.Delay(200);
        accepted.IsCompleted.ShouldBeFalse();
        _wire.Heal();
        using var server = await accepted.WaitAsync(Patience);
    }

    [Fact]
    public async Task The_end_of_one_side_reaches_the_other()
    {
        var (client, server) = await ConnectAsync();
        client.Dispose();
        (await server.ReceiveAsync(new byte[1]).WaitAsync(Patience)).ShouldBe(0);
    }

    private async Task<(Socket Client, Socket Server)> ConnectAsync()
    {
        var accepted = _server.AcceptSocketAsync();
        var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(IPAddress.Loopback, _wire.Port);
        return (client, await accepted.WaitAsync(Patience));
    }

    private static async Task<byte> ReadAsync(Socket socket)
    {
        var buffer = new byte[1];
        (await socket.ReceiveAsync(buffer).WaitAsync(Patience)).ShouldBe(1);
        return buffer[0];
    }
}
