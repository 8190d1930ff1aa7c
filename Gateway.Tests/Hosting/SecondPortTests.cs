using System.Net;
using System.Text;
using Granary.Gateway.Tests.Support;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Granary.Gateway.Tests.Hosting;

/// <summary>Further ports: one for clients that name the one of Provara's server, one for proxies that speak HTTP/2 without TLS.</summary>
public sealed class SecondPortTests
{
    [Fact]
    public async Task Both_ports_serve_health_and_the_older_transport()
    {
        var gateway = await TestGateway.StartAsync(o => o with { SecondPort = 0 });
        try
        {
            var addresses = gateway.Get<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Select(a => new Uri(a)).ToList();
            addresses.Select(a => a.Port).Distinct().Count().ShouldBe(2);
            using var client = new HttpClient();
            foreach (var address in addresses)
            {
                (await client.GetStringAsync(new Uri(address, "/health"))).ShouldStartWith("""{"ok":true,"server":""");
                using var stream = new StreamReader(await client.GetStreamAsync(new Uri(address, "/sse")));
                (await stream.ReadLineAsync()).ShouldBe("event: endpoint");
            }
        }
        finally
        {
            await gateway.DisposeAsync();
        }
    }

    [Fact]
    public async Task HTTP_2_is_served_without_TLS_to_those_who_know_it_beforehand()
    {
        await using var gateway = await TestGateway.StartAsync(o => o with { Http2Port = 0 });
        var http2 = gateway.Get<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Select(a => new Uri(a)).First(a => a.Port != gateway.Root.Port);
        using var client = new HttpClient { DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using var call = new HttpRequestMessage(HttpMethod.Post, new Uri(http2, "/mcp"))
        {
            Content = new StringContent("""{"jsonrpc":"2.0","id":1,"method":"ping"}""", Encoding.UTF8, "application/json"),
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        call.Headers.Accept.ParseAdd("application/json, text/event-stream");
        using var answer = await client.SendAsync(call);
        answer.Version.ShouldBe(HttpVersion.Version20);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("\"id\":1");
        answer.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        // Several calls share a connection, a stream among them.
        using var stream = new StreamReader(await client.GetStreamAsync(new Uri(http2, "/sse")));
        (await stream.ReadLineAsync()).ShouldBe("event: endpoint");
        (await client.GetStringAsync(new Uri(http2, "/health"))).ShouldStartWith("""{"ok":true,"server":""");
        // A client that speaks the older version there is refused.
        using var older = new HttpClient();
        await Should.ThrowAsync<HttpRequestException>(() => older.GetStringAsync(new Uri(http2, "/health")));
    }
}
