using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Granary.Testing.Redis;

/// <summary>A Redis of the test's own on a free loopback port, with an append-only file: it can be stopped, killed and started again.</summary>
public sealed class RedisServer : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-redis-").FullName;
    private readonly string[] _options;
    private Process? _process;

    /// <summary>Starts a server with options such as <c>--appendfsync always</c>.</summary>
    public RedisServer(params string[] options)
    {
        _options = options;
        for (var tries = 1; ; tries++)
        {
            // Free a moment ago is not free now: tests run beside each other.
            Port = FreePort();
            try
            {
                Start();
                return;
            }
            catch (InvalidOperationException) when (tries < 5)
            {
                _process!.Dispose();
            }
        }
    }

    /// <summary>Whether this machine has the program.</summary>
    public static bool IsInstalled { get; } =
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, "redis-server")));

    /// <summary>Its TCP port.</summary>
    public int Port { get; }

    /// <summary>How clients name it.</summary>
    public string Configuration => $"127.0.0.1:{Port}";

    /// <summary>Its process.</summary>
    public int ProcessId => _process!.Id;

    /// <summary>Starts it, again after a stop, with what its append-only file holds.</summary>
    public void Start()
    {
        var start = new ProcessStartInfo("redis-server")
        {
            WorkingDirectory = _folder,
            RedirectStandardOutput = true,
            ArgumentList = { "--port", $"{Port}", "--bind", "127.0.0.1", "--dir", _folder, "--appendonly", "yes", "--save", "" },
        };
        foreach (var option in _options.SelectMany(option => option.Split(' ')))
            start.ArgumentList.Add(option);
        _process = Process.Start(start)!;
        // It says so itself: an answer on the port could be another server's, that had it first.
        string? said;
        do
            said = _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("redis-server did not start.");
        while (!said.Contains("Ready to accept connections", StringComparison.Ordinal));
        var rest = _process.StandardOutput;
        new Thread(() => Drain(rest)) { IsBackground = true, Name = "redis output" }.Start();
    }

    /// <summary>Ends it at once, as a crash would.</summary>
    public void Kill()
    {
        _process!.Kill();
        _process.WaitForExit();
    }

    /// <inheritdoc />
    public void Dispose()
    {
        if (_process is { HasExited: false })
            Kill();
        _process?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>A full pipe would hold the server up.</summary>
    private static void Drain(StreamReader output)
    {
        while (output.ReadLine() is not null)
        {
        }
    }

    internal static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

/// <summary>A test that needs Redis; skipped, and saying so, where the program is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RedisFactAttribute : FactAttribute
{
    /// <summary>Skips the test without Redis.</summary>
    public RedisFactAttribute()
    {
        if (!RedisServer.IsInstalled)
            Skip = "redis-server is not installed.";
    }
}

/// <summary>A theory that needs Redis; skipped, and saying so, where the program is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RedisTheoryAttribute : TheoryAttribute
{
    /// <summary>Skips the test without Redis.</summary>
    public RedisTheoryAttribute()
    {
        if (!RedisServer.IsInstalled)
            Skip = "redis-server is not installed.";
    }
}
