using System.Net;
using System.Net.Sockets;

namespace Granary.Testing.Redis;

/// <summary>
/// A Redis of the test's own on a free loopback port, with an append-only file: it can be stopped, killed and started again. Where no <c>redis-server</c> is
/// installed it is Garnet in this process.
/// </summary>
public sealed class RedisServer : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-redis-").FullName;
    private readonly string[] _options;
    private readonly IRedisProgram _program;

    /// <summary>Starts a server with options such as <c>--appendfsync always</c>.</summary>
    public RedisServer(params string[] options)
        : this(IsInstalled ? new RedisProgram() : new GarnetProgram(), options)
    {
    }

    private RedisServer(IRedisProgram program, string[] options)
    {
        _program = program;
        _options = [.. options.SelectMany(option => option.Split(' '))];
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
                _program.Dispose();
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
    public int ProcessId => _program.ProcessId;

    /// <summary>Redis, started by a script that execs it.</summary>
    public static RedisServer StartedBy(string script, IReadOnlyDictionary<string, string> environment) => new(new RedisProgram(script, environment), []);

    /// <summary>A Garnet, also where Redis is installed.</summary>
    public static RedisServer NewGarnet() => new(new GarnetProgram(), []);

    /// <summary>Starts it, again after a stop, with what its append-only file holds.</summary>
    public void Start() => _program.Start(Port, _folder, _options);

    /// <summary>Ends it at once, as a crash would.</summary>
    public void Kill() => _program.Kill();

    /// <inheritdoc />
    public void Dispose()
    {
        _program.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    internal static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

/// <summary>A test of what only Redis itself has: replicas, bounds of memory, a crash; skipped, and saying so, where the program is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RealRedisFactAttribute : FactAttribute
{
    /// <summary>Skips the test without Redis.</summary>
    public RealRedisFactAttribute()
    {
        if (!RedisServer.IsInstalled)
            Skip = "redis-server is not installed, and Garnet does not do what this test is about.";
    }
}

/// <summary>A theory of what only Redis itself has; skipped, and saying so, where the program is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RealRedisTheoryAttribute : TheoryAttribute
{
    /// <summary>Skips the test without Redis.</summary>
    public RealRedisTheoryAttribute()
    {
        if (!RedisServer.IsInstalled)
            Skip = "redis-server is not installed, and Garnet does not do what this test is about.";
    }
}
