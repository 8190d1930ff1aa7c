using System.Diagnostics;
using System.Globalization;
using Granary.Bench.Processes;
using Granary.Bench.Setup;

namespace Granary.Bench.Builds;

/// <summary>A build's <see cref="Worker"/>, on the core that is measured.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private const int Core = 0;

    private readonly Process _process;

    private WorkerProcess(Process process)
    {
        _process = process;
        process.BeginErrorReadLine();
    }

    /// <summary>Starts the worker of a build.</summary>
    /// <param name="dll">The build's Granary.Bench.dll.</param>
    /// <param name="folder">An empty folder for its vaults.</param>
    public static WorkerProcess Start(string dll, string folder) =>
        File.Exists(dll)
            ? new WorkerProcess(Process.Start(CpuPinning.Command("dotnet", [dll, "--worker", Directory.CreateDirectory(folder).FullName], Core))!)
            : throw new BenchException($"{dll} is not built: build its Bench project with -c Release.");

    /// <summary>One measurement.</summary>
    public async Task<double> MeasureAsync(string command, CancellationToken cancellation)
    {
        await _process.StandardInput.WriteLineAsync(command.AsMemory(), cancellation);
        await _process.StandardInput.FlushAsync(cancellation);
        return await _process.StandardOutput.ReadLineAsync(cancellation) is { } line
            ? double.Parse(line, CultureInfo.InvariantCulture)
            : throw new BenchException($"The worker ended at \"{command}\": the other build may be older than --worker.");
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
        }
        _process.Dispose();
    }
}
