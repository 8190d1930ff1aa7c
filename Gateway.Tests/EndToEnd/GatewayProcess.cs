using System.Diagnostics;
using System.Globalization;
using Granary.Gateway.Hosting;

namespace Granary.Gateway.Tests.EndToEnd;

/// <summary>The gateway as it is built, in a process of its own. Whatever happens, the process ends with the test.</summary>
internal sealed class GatewayProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly List<string> _errors = [];
    private readonly TaskCompletionSource<Uri> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private GatewayProcess(string data, string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", typeof(GatewayHost).Assembly.Location, "--data", data, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            // Not the repository: nothing may depend on where it is started, and no .env may be found.
            WorkingDirectory = Path.GetTempPath(),
        };
        foreach (var name in start.Environment.Keys.Where(IsOurs).ToList())
            start.Environment.Remove(name);
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, line) => Read(line.Data);
        _process.BeginErrorReadLine();
    }

    /// <summary>Where it listens; fails when the process ended instead.</summary>
    public Task<Uri> Listening => _listening.Task;

    public StreamWriter Input => _process.StandardInput;

    public StreamReader Output => _process.StandardOutput;

    public int Id => _process.Id;

    public string Errors
    {
        get
        {
            lock (_errors)
                return string.Join('\n', _errors);
        }
    }

    /// <summary>Starts it with any arguments; it may not come up.</summary>
    public static GatewayProcess Start(string data, params string[] arguments) => new(data, arguments);

    /// <summary>Starts it over HTTP on a free port and waits until it serves.</summary>
    public static async Task<(GatewayProcess Process, ToolClient Client)> ServeAsync(string data)
    {
        var gateway = new GatewayProcess(data, ["--port", "0"]);
        try
        {
            return (gateway, new ToolClient(await gateway.Listening));
        }
        catch
        {
            await gateway.DisposeAsync();
            throw;
        }
    }

    /// <summary>As kill -9 does: no word to the process.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Asks it to stop, as an orchestrator does.</summary>
    public void Terminate()
    {
        // The shell's own: an image to build in need not have the program.
        using var kill = Process.Start("/bin/sh", ["-c", string.Create(CultureInfo.InvariantCulture, $"kill -TERM {_process.Id}")]);
        kill.WaitForExit();
    }

    public async Task<int> ExitAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        await _process.WaitForExitAsync(patience.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static bool IsOurs(string name) =>
        name is "PORT" or "LOG_LEVEL" || name.StartsWith("GRANARY_", StringComparison.Ordinal) || name.StartsWith("INSTANA_", StringComparison.Ordinal)
        || name.StartsWith("ASPNETCORE_", StringComparison.Ordinal);

    private void Read(string? line)
    {
        if (line is null)
        {
            _listening.TrySetException(new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"The gateway ended: {Errors}")));
            return;
        }
        lock (_errors)
            _errors.Add(line);
        const string Mark = "Listening on ";
        var at = line.IndexOf(Mark, StringComparison.Ordinal);
        if (at >= 0)
            _listening.TrySetResult(new Uri(line[(at + Mark.Length)..]));
    }
}
