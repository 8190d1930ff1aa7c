using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Granary.Bench.Setup;

namespace Granary.Bench.Processes;

/// <summary>A server of ours on a free loopback port, from its start to its end.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private const int KeptLines = 20;
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();

    private ServerProcess(Process process, int port)
    {
        (_process, Port) = (process, port);
        process.OutputDataReceived += (_, e) => Keep(e.Data);
        process.ErrorDataReceived += (_, e) => Keep(e.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>The process: taskset replaces itself by the server, so the id stays.</summary>
    public int Pid => _process.Id;

    /// <summary>Its port.</summary>
    public int Port { get; }

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint => new(IPAddress.Loopback, Port);

    /// <summary>From just before its start to the first 200 from <c>/health</c>.</summary>
    public TimeSpan StartTime { get; private set; }

    /// <summary>Starts a server and waits until it is healthy.</summary>
    /// <param name="dll">Its assembly.</param>
    /// <param name="arguments">Its arguments for a port.</param>
    /// <param name="core">The core it may use; null for all.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <param name="environment">What it finds in its environment besides ours.</param>
    public static async Task<ServerProcess> StartAsync(
        string dll,
        Func<int, IEnumerable<string>> arguments,
        int? core,
        CancellationToken cancellation,
        Func<int, IEnumerable<(string Name, string Value)>>? environment = null)
    {
        if (!File.Exists(dll))
            throw new BenchException($"{Path.GetFileName(dll)} is not built: leave out --no-build, or give its path.");
        return await StartAsync("dotnet", port => [dll, .. arguments(port)], core, environment, Health.IsHealthyAsync, cancellation);
    }

    /// <summary>Starts a server of somebody else's, and waits until it takes connections.</summary>
    /// <param name="file">The program.</param>
    /// <param name="arguments">Its arguments for a port.</param>
    /// <param name="core">The core it may use; null for all.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <param name="environment">What it finds in its environment besides ours.</param>
    public static Task<ServerProcess> StartCommandAsync(
        string file,
        Func<int, IEnumerable<string>> arguments,
        int? core,
        CancellationToken cancellation,
        Func<int, IEnumerable<(string Name, string Value)>>? environment = null) =>
        StartAsync(file, arguments, core, environment, Health.TakesConnectionsAsync, cancellation);

    private static async Task<ServerProcess> StartAsync(
        string file,
        Func<int, IEnumerable<string>> arguments,
        int? core,
        Func<int, IEnumerable<(string Name, string Value)>>? environment,
        Func<IPEndPoint, CancellationToken, Task<bool>> isUp,
        CancellationToken cancellation)
    {
        var port = Ports.Free();
        var info = CpuPinning.Command(file, arguments(port), core);
        foreach (var (name, value) in environment?.Invoke(port) ?? [])
            info.Environment[name] = value;
        var begin = Stopwatch.GetTimestamp();
        var server = new ServerProcess(Process.Start(info)!, port);
        try
        {
            await server.WaitHealthyAsync(begin, isUp, cancellation);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            using var limit = new CancellationTokenSource(StopLimit);
            await _process.WaitForExitAsync(limit.Token);
        }
        _process.Dispose();
    }

    private async Task WaitHealthyAsync(long begin, Func<IPEndPoint, CancellationToken, Task<bool>> isUp, CancellationToken cancellation)
    {
        while (!await isUp(EndPoint, cancellation))
        {
            if (_process.HasExited)
                throw new BenchException($"The server ended with code {_process.ExitCode} before it was healthy:\n{string.Join('\n', _lines)}");
            if (Stopwatch.GetElapsedTime(begin) > StartLimit)
                throw new BenchException($"The server is not healthy after {StartLimit.TotalSeconds} s:\n{string.Join('\n', _lines)}");
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, cancellation);
        }
        StartTime = Stopwatch.GetElapsedTime(begin);
    }

    private void Keep(string? line)
    {
        if (line is null)
            return;
        _lines.Enqueue(line);
        while (_lines.Count > KeptLines)
            _lines.TryDequeue(out _);
    }
}
