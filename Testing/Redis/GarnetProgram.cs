using Garnet;

namespace Granary.Testing.Redis;

/// <summary>
/// Garnet, a server of Redis' protocol on .NET, in this process: for machines without Redis. It has no replication that tests could watch, no <c>maxmemory</c>, and ends
/// in order where a process would be killed (docs/adr/0056).
/// </summary>
internal sealed class GarnetProgram : IRedisProgram
{
    private GarnetServer? _server;

    public int ProcessId => Environment.ProcessId;

    public void Start(int port, string folder, IReadOnlyList<string> options)
    {
        if (options.Any(option => option is not ("--appendfsync" or "everysec")))
            throw new NotSupportedException($"Garnet knows nothing of {string.Join(' ', options)}: the test needs {nameof(RealRedisFactAttribute)}.");
        try
        {
            _server = new GarnetServer(
            [
                "--port", $"{port}", "--bind", "127.0.0.1", "--checkpointdir", folder, "--lua", "--aof", "--recover",
                // Its native storage device needs a library of the system's that may be missing.
                "--device-type", "RandomAccess", "--memory", "64m", "--page", "4m", "--index", "1m", "--aof-memory", "32m", "--aof-page-size", "16m", "-q",
            ]);
            _server.Start();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw new InvalidOperationException("Garnet did not start.", e);
        }
    }

    public void Kill() => Dispose();

    public void Dispose()
    {
        _server?.Dispose();
        _server = null;
    }
}
