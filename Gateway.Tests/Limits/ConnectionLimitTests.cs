using Granary.Gateway.Configuration;
using Granary.Gateway.Tests.Support;

namespace Granary.Gateway.Tests.Limits;

/// <summary>How many connections one client address may hold, whether it says who it is or nothing at all.</summary>
[Trait("Kind", "Hostile")]
public sealed class ConnectionLimitTests
{
    private const string Probe = "GET /health/live HTTP/1.1\r\nHost: localhost\r\n";
    private const string Once = Probe + "Connection: close\r\n\r\n";

    [Fact]
    public async Task An_address_has_so_many_connections_and_one_more_when_one_is_gone()
    {
        await using var gateway = await TestGateway.StartAsync(o => o with { MaxConnectionsPerAddress = 2 });
        using var idle = await AnsweredAsync(gateway.Port);
        var other = await AnsweredAsync(gateway.Port);
        (await RawHttp.ExchangeAsync(gateway.Port, Once)).Status.ShouldBe(0);
        gateway.Logs.All.ShouldContain(line => line.Contains("Refused with 429: connections of the address; key -, from 127.0.0.1", StringComparison.Ordinal));
        other.Dispose();
        await UntilServedAsync(gateway.Port);
    }

    [Theory]
    [InlineData("127.0.0.0/8", 200)]
    [InlineData("10.0.0.0/8", 0)]
    public async Task A_trusted_proxy_carries_many_clients_and_is_not_counted(string proxies, int status)
    {
        var trusted = WebNames.Networks([proxies]);
        await using var gateway = await TestGateway.StartAsync(o => o with { MaxConnectionsPerAddress = 1, TrustedProxies = trusted });
        using var idle = await AnsweredAsync(gateway.Port);
        (await RawHttp.ExchangeAsync(gateway.Port, Once)).Status.ShouldBe(status);
    }

    [Fact]
    public async Task Without_the_setting_there_is_no_such_bound()
    {
        await using var gateway = await TestGateway.StartAsync(o => o);
        var held = new List<RawHttp>();
        try
        {
            for (var i = 0; i < 64; i++)
                held.Add(await AnsweredAsync(gateway.Port));
        }
        finally
        {
            held.ForEach(connection => connection.Dispose());
        }
    }

    /// <summary>A connection that was served, so that it counts, and stays open.</summary>
    private static async Task<RawHttp> AnsweredAsync(int port)
    {
        var connection = await RawHttp.ConnectAsync(port);
        await connection.SendAsync(Probe + "\r\n");
        (await connection.ReadSomeAsync()).ShouldStartWith("HTTP/1.1 200");
        return connection;
    }

    private static async Task UntilServedAsync(int port)
    {
        using var deadline = new CancellationTokenSource(Guard.Time);
        while ((await RawHttp.ExchangeAsync(port, Once)).Status != 200)
            await Task.Delay(10, deadline.Token);
    }
}
