using System.Net;
using System.Net.Sockets;
using System.Text;
using Granary.Instana.Client;
using Granary.Instana.Connections;
using Granary.Instana.Http;
using Granary.Instana.Tests.Support;

namespace Granary.Instana.Tests.Http;

/// <summary>Names that lead somewhere else than their entry in the list promises.</summary>
public sealed class CheckedConnectTests : IAsyncLifetime
{
    private const string LastHour = """{"time_range":"1h"}""";

    private readonly List<string> _resolved = [];
    private readonly Listener _listener = new();
    private IPAddress[] _addresses = [IPAddress.Loopback];

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _listener.DisposeAsync().AsTask();

    [Fact]
    public async Task A_name_that_a_pattern_allows_reaches_no_private_address()
    {
        var answer = await AskAsync($"*.example.com:{_listener.Port}", $"https://unit.example.com:{_listener.Port}");
        answer["details"].GetString()!.ShouldContain("leads to no address that may be called");
        answer["details"].GetString()!.ShouldNotContain("127.0.0.1");
        answer["retryable"].GetBoolean().ShouldBeFalse();
        _resolved.ShouldBe(["unit.example.com"]);
        _listener.Accepted.ShouldBe(0);
    }

    [Fact]
    public async Task It_reaches_a_network_of_the_operators()
    {
        var answer = await AskAsync(
            $"*.example.com:{_listener.Port}", $"https://unit.example.com:{_listener.Port}", networks: [IPNetwork.Parse("127.0.0.0/8")]);
        // The listener speaks no TLS; that it was reached is all that counts.
        answer.IsError.ShouldBeTrue();
        answer["details"].GetString()!.ShouldNotContain("leads to no address");
        _listener.Accepted.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Of_several_addresses_only_those_are_called_that_may_be()
    {
        _addresses = [IPAddress.Parse("10.255.255.1"), IPAddress.Parse("169.254.169.254"), IPAddress.Loopback];
        await AskAsync($"*.example.com:{_listener.Port}", $"https://unit.example.com:{_listener.Port}", networks: [IPNetwork.Parse("127.0.0.0/8")]);
        _listener.Accepted.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task A_named_host_may_be_in_a_private_network()
    {
        var answer = await AskAsync($"http://unit.example.com:{_listener.Port}", $"http://unit.example.com:{_listener.Port}");
        answer.IsError.ShouldBeFalse(answer.Text);
        _listener.Accepted.ShouldBe(1);
    }

    [Fact]
    public async Task A_named_host_is_never_the_machines_own_link()
    {
        _addresses = [IPAddress.Parse("169.254.169.254")];
        var answer = await AskAsync($"http://unit.example.com:{_listener.Port}", $"http://unit.example.com:{_listener.Port}");
        answer["details"].GetString()!.ShouldContain("leads to no address that may be called");
    }

    [Fact]
    public async Task A_name_without_an_address_is_said_to_be_unknown()
    {
        var answer = await AskAsync(
            $"http://unit.example.com:{_listener.Port}", $"http://unit.example.com:{_listener.Port}", resolve: (_, _) => throw new SocketException((int)SocketError.HostNotFound));
        answer["details"].GetString()!.ShouldContain("cannot be found");
    }

    [Theory]
    [InlineData("http")]
    [InlineData("https")]
    public async Task A_proxy_may_be_anywhere_and_decides_for_itself(string scheme)
    {
        using var handler = new SocketsHttpHandler
        {
            Proxy = new WebProxy($"http://proxy.example.com:{_listener.Port}"),
            ConnectCallback = CheckedConnect.Create((_, _) => Task.FromResult(_addresses), _ => false),
        };
        using var invoker = new HttpMessageInvoker(handler);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{scheme}://unit.example.com/");
        // The listener is no proxy either: it was asked, which a refused address never is.
        await Record.ExceptionAsync(() => invoker.SendAsync(request, default));
        _listener.Accepted.ShouldBeGreaterThan(0);
        _listener.FirstLine.ShouldBe(scheme == "http" ? "GET http://unit.example.com/ HTTP/1.1" : "CONNECT unit.example.com:443 HTTP/1.1");
    }

    private async Task<Answer> AskAsync(
        string entry, string url, IPNetwork[]? networks = null, Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null)
    {
        var options = new InstanaOptions
        {
            AllowedHosts = HostAllowList.Parse([entry]), AllowedNetworks = networks ?? [], Retry = new RetryOptions { MaxRetries = 0 },
        };
        InstanaTransport.TryCreate(options, resolve ?? Resolve, out var transport, out var problem).ShouldBeTrue(problem);
        using (transport)
        {
            InstanaConnection.TryCreate(url, new ApiTokenCredential("token-1"), options, out var connection, out problem).ShouldBeTrue(problem);
            return await Backend.AskAsync(new InstanaClient(connection!, options, transport!, TimeProvider.System), "get_events", LastHour);
        }
    }

    private Task<IPAddress[]> Resolve(string name, CancellationToken cancellation)
    {
        _resolved.Add(name);
        return Task.FromResult(_addresses);
    }

    /// <summary>Answers every connection with an empty list of events, and closes it.</summary>
    private sealed class Listener : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly Task _running;
        private int _accepted;

        public Listener()
        {
            _listener.Start();
            _running = RunAsync();
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public int Accepted => Volatile.Read(ref _accepted);

        public string? FirstLine { get; private set; }

        public async ValueTask DisposeAsync()
        {
            _listener.Stop();
            await _running;
        }

        private async Task RunAsync()
        {
            while (true)
            {
                try
                {
                    using var client = await _listener.AcceptTcpClientAsync();
                    Interlocked.Increment(ref _accepted);
                    await AnswerAsync(client.GetStream());
                }
                catch (IOException)
                {
                    // The client gave the connection up.
                }
                catch (Exception e) when (e is SocketException or ObjectDisposedException)
                {
                    return;
                }
            }
        }

        private async Task AnswerAsync(NetworkStream stream)
        {
            var buffer = new byte[8192];
            var read = await stream.ReadAsync(buffer);
            FirstLine ??= Encoding.Latin1.GetString(buffer, 0, read).Split("\r\n")[0];
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n[]"u8.ToArray());
        }
    }
}
