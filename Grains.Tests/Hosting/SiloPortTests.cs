using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Granary.Silo.Hosting;
using Granary.Testing.Redis;

namespace Granary.Grains.Tests.Hosting;

/// <summary>What each port of a silo serves: decided by the port a request came in on, never by what it says.</summary>
public sealed class SiloPortTests
{
    private const string Key = "0123456789abcdef-key";

    [Fact]
    public async Task Nothing_but_health_is_on_the_health_port_and_the_dashboard_asks_for_its_key()
    {
        using var redis = new RedisServer("--appendfsync everysec");
        using var stop = new CancellationTokenSource();
        var (health, admin, metrics) = (FreePort(), FreePort(), FreePort());
        var environment = new Dictionary<string, string?>
        {
            ["GRANARY_REDIS"] = redis.Configuration,
            ["GRANARY_KEK"] = Convert.ToBase64String(new byte[32]),
            ["GRANARY_CLUSTER_SECRET"] = Convert.ToBase64String(new byte[32]),
            ["GRANARY_SILO_PORT"] = Text(FreePort()),
            ["GRANARY_SILO_GATEWAY_PORT"] = Text(FreePort()),
            ["PORT"] = Text(health),
            ["GRANARY_ADMIN_PORT"] = Text(admin),
            ["GRANARY_ADMIN_KEY"] = Key,
            ["GRANARY_METRICS_PORT"] = Text(metrics),
            ["GRANARY_SHUTDOWN_TIMEOUT"] = "10",
        };
        var silo = SiloProgram.RunAsync([], name => environment.GetValueOrDefault(name), stop.Token);
        using var client = new HttpClient();
        await UntilReadyAsync(client, health, silo);
        // A host is what a request says: with the admin port's it must find no more than with its own.
        foreach (var host in (string[])[$"127.0.0.1:{admin}", $"localhost:{admin}", $"evil.example:{admin}", $"[::1]:{admin}", $"127.0.0.1:{health}", "xn--a-"])
        {
            foreach (var path in (string[])["/", "/index.html", "/dashboardcounters", "/DashboardCounters", "/ClusterStats", "/Reminders/1", "/HistoricalStats/x", "/version", "/Trace", "/index.min.js", "/metrics"])
            {
                (await SendAsync(client, HttpMethod.Get, health, path, host)).ShouldBe(404, $"{host} {path} on the health port");
                (await SendAsync(client, HttpMethod.Get, admin, path, host)).ShouldBe(401, $"{host} {path} on the admin port");
            }
            (await SendAsync(client, HttpMethod.Get, admin, "/health", host)).ShouldBe(401);
        }
        foreach (var path in (string[])["/health", "/health/live", "/health/startup", "/health/ready"])
        {
            (await SendAsync(client, HttpMethod.Head, health, path, $"127.0.0.1:{admin}")).ShouldBe(200, path);
            (await SendAsync(client, HttpMethod.Get, metrics, path, "127.0.0.1")).ShouldBe(404);
        }
        foreach (var wrong in (string[])["", "x", Key + "x", Key[..^1]])
            (await SendAsync(client, HttpMethod.Get, admin, "/", "localhost", new AuthenticationHeaderValue("Bearer", wrong))).ShouldBe(401);
        (await SendAsync(client, HttpMethod.Get, admin, "/", "localhost", new AuthenticationHeaderValue("Bearer", Key))).ShouldBe(200);
        var pair = Convert.ToBase64String(Encoding.UTF8.GetBytes($"anyone:{Key}"));
        (await SendAsync(client, HttpMethod.Get, admin, "/", "evil.example", new AuthenticationHeaderValue("Basic", pair))).ShouldBe(200);
        (await SendAsync(client, HttpMethod.Get, metrics, "/metrics", "127.0.0.1")).ShouldBe(200);
        (await SendAsync(client, HttpMethod.Get, metrics, "/metrics", "evil.example")).ShouldBe(403);
        (await SendAsync(client, HttpMethod.Get, metrics, "/metrics", "xn--a-")).ShouldBe(403);
        await stop.CancelAsync();
        (await silo).ShouldBe(0);
    }

    [Theory]
    [InlineData("PORT", "GRANARY_ADMIN_PORT")]
    [InlineData("PORT", "GRANARY_METRICS_PORT")]
    [InlineData("GRANARY_ADMIN_PORT", "GRANARY_METRICS_PORT")]
    public void Two_things_are_never_on_one_port(string one, string other)
    {
        var environment = new Dictionary<string, string?>
        {
            ["GRANARY_REDIS"] = "127.0.0.1:1", ["GRANARY_KEK"] = Convert.ToBase64String(new byte[32]), ["GRANARY_ADMIN_KEY"] = Key,
            ["GRANARY_CLUSTER_SECRET"] = Convert.ToBase64String(new byte[32]), [one] = "9999", [other] = "9999",
        };
        Ended(environment).ShouldBe(2);
    }

    [Theory]
    [InlineData("GRANARY_SILO_ADDRESS", "not an address")]
    [InlineData("GRANARY_HOST", "not an address")]
    [InlineData("GRANARY_SHUTDOWN_TIMEOUT", "30s")]
    [InlineData("GRANARY_IDLE_AFTER", "15m")]
    [InlineData("GRANARY_ADMIN_PORT", "65536")]
    [InlineData("GRANARY_LEGAL_HOLD", "acme,Globex")]
    public void A_wrong_setting_ends_the_start(string name, string value)
    {
        var environment = new Dictionary<string, string?>
        {
            ["GRANARY_REDIS"] = "127.0.0.1:1", ["GRANARY_KEK"] = Convert.ToBase64String(new byte[32]), ["GRANARY_ADMIN_KEY"] = Key,
            ["GRANARY_CLUSTER_SECRET"] = Convert.ToBase64String(new byte[32]), [name] = value,
        };
        Ended(environment).ShouldBe(2);
    }

    // A setting that is refused is refused before anything runs.
    private static int Ended(Dictionary<string, string?> environment)
    {
        var run = SiloProgram.RunAsync([], name => environment.GetValueOrDefault(name));
        run.IsCompleted.ShouldBeTrue();
        return run.Result;
    }

    private static async Task UntilReadyAsync(HttpClient client, int port, Task<int> silo)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        while (true)
        {
            silo.IsCompleted.ShouldBeFalse("the silo ended");
            try
            {
                if (await SendAsync(client, HttpMethod.Get, port, "/health/ready", "localhost") == 200)
                    return;
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }
            await Task.Delay(100, limit.Token);
        }
    }

    private static async Task<int> SendAsync(HttpClient client, HttpMethod method, int port, string path, string host, AuthenticationHeaderValue? authorization = null)
    {
        using var request = new HttpRequestMessage(method, new UriBuilder("http", "127.0.0.1", port, path).Uri);
        request.Headers.TryAddWithoutValidation("Host", host);
        request.Headers.Authorization = authorization;
        using var response = await client.SendAsync(request);
        return (int)response.StatusCode;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
