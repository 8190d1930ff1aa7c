using System.Diagnostics;

namespace Granary.Testing.Redis;

/// <summary>Redis itself, as a process that can be killed as a crash would.</summary>
/// <param name="script">A shell script that starts it; null for the program itself.</param>
/// <param name="environment">What the script reads.</param>
internal sealed class RedisProgram(string? script = null, IReadOnlyDictionary<string, string>? environment = null) : IRedisProgram
{
    private Process? _process;

    public int ProcessId => _process!.Id;

    public void Start(int port, string folder, IReadOnlyList<string> options)
    {
        var start = new ProcessStartInfo(script is null ? "redis-server" : "sh") { WorkingDirectory = folder, RedirectStandardOutput = true };
        if (script is not null)
            start.ArgumentList.Add(script);
        foreach (var option in (IEnumerable<string>)["--port", $"{port}", "--bind", "127.0.0.1", "--dir", folder, "--appendonly", "yes", "--save", "", .. options])
            start.ArgumentList.Add(option);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        _process?.Dispose();
        _process = Process.Start(start)!;
        // It says so itself: an answer on the port could be another server's, that had it first.
        string? said;
        do
            said = _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("redis-server did not start.");
        while (!said.Contains("Ready to accept connections", StringComparison.Ordinal));
        var rest = _process.StandardOutput;
        new Thread(() => Drain(rest)) { IsBackground = true, Name = "redis output" }.Start();
    }

    public void Kill()
    {
        _process!.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (_process is { HasExited: false })
            Kill();
        _process?.Dispose();
    }

    /// <summary>A full pipe would hold the server up.</summary>
    private static void Drain(StreamReader output)
    {
        while (output.ReadLine() is not null)
        {
        }
    }
}
