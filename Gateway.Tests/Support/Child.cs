using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Granary.Gateway.Tests.Support;

/// <summary>A gateway in a process of its own.</summary>
internal sealed class Child : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-child-").FullName;
    private readonly Process _process;
    private readonly TaskCompletionSource<Uri> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<string> _log = [];

    private Child(string assembly, string[] args, Dictionary<string, string> environment)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _folder,
        };
        foreach (var arg in (string[])[assembly, .. args, "--data", _folder])
            start.ArgumentList.Add(arg);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        _process = new Process { StartInfo = start };
        _process.ErrorDataReceived += (_, line) => Note(line.Data);
        _process.Start();
        _process.BeginErrorReadLine();
    }

    public StreamWriter Input => _process.StandardInput;

    public StreamReader Output => _process.StandardOutput;

    public string Log
    {
        get
        {
            lock (_log)
                return string.Join('\n', _log);
        }
    }

    /// <summary>The gateway itself.</summary>
    public static Child Gateway(params string[] args) => new(typeof(Granary.Gateway.Hosting.GatewayHost).Assembly.Location, args, []);

    /// <summary>The gateway with the conformance suite's fixtures, on a free port.</summary>
    public static Child Fixtures(Dictionary<string, string> environment)
    {
        var here = new DirectoryInfo(AppContext.BaseDirectory);
        var assembly = Path.Combine(here.Parent!.Parent!.FullName, "Conformance.Tests", here.Name, "Granary.Conformance.Tests.dll");
        return new(assembly, ["--port", "0"], environment);
    }

    public Task<Uri> ListeningAsync() => _listening.Task.WaitAsync(Guard.Time);

    public void Terminate()
    {
        // The shell's own: an image to build in need not have the program.
        using var kill = Process.Start("/bin/sh", ["-c", string.Create(CultureInfo.InvariantCulture, $"kill -TERM {_process.Id}")]);
        kill.WaitForExit();
    }

    public async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Guard.Time);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private void Note(string? line)
    {
        if (line is null)
            return;
        lock (_log)
            _log.Add(line);
        if (Regex.Match(line, @"Listening on (http://\S+)/mcp") is { Success: true } found)
            _listening.TrySetResult(new Uri(found.Groups[1].Value));
    }
}
