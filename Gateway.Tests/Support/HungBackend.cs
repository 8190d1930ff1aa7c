using System.Net;
using System.Net.Sockets;

namespace Granary.Gateway.Tests.Support;

/// <summary>An Instana backend that takes a request and never answers.</summary>
internal sealed class HungBackend : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public HungBackend() => _listener.Start();

    /// <summary>A gateway over stdio that waits for this backend's answer.</summary>
    /// <param name="shutdownTimeout">The seconds its calls have to finish when it ends.</param>
    public async Task<Child> AskedByAsync(string shutdownTimeout = "600")
    {
        var child = Child.Gateway(
            "--transport", "stdio", "--allowed-backends", $"http://{_listener.LocalEndpoint}", "--base-url", $"http://{_listener.LocalEndpoint}",
            "--api-token", "demo", "--env", $"GRANARY_SHUTDOWN_TIMEOUT={shutdownTimeout}");
        await child.Input.WriteLineAsync(McpRequest.Call("manage_events", """{"operation":"get_events","params":{}}""").Body.ToJsonString());
        await child.Input.FlushAsync();
        await _listener.AcceptSocketAsync().WaitAsync(Guard.Time);
        return child;
    }

    public void Dispose() => _listener.Dispose();
}
