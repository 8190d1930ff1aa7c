using System.Diagnostics;
using Granary.Scenarios.Results;

namespace Granary.Scenarios.Cluster;

/// <summary>Runs commands to their end.</summary>
internal static class Shell
{
    /// <summary>Runs a command; the result is its standard output.</summary>
    /// <exception cref="ScenarioException">It failed; the message has its words.</exception>
    public static async Task<string> RunAsync(string file, IEnumerable<string> arguments, CancellationToken cancellation, string? folder = null)
    {
        var (exit, output, errors) = await TryAsync(file, arguments, cancellation, folder);
        return exit == 0
            ? output
            : throw new ScenarioException($"{Path.GetFileName(file)} {string.Join(' ', arguments)}: {(errors.Length > 0 ? errors : output).Trim()}");
    }

    /// <summary>Runs a command that may fail.</summary>
    public static async Task<(int Exit, string Output, string Errors)> TryAsync(
        string file, IEnumerable<string> arguments, CancellationToken cancellation, string? folder = null)
    {
        var info = new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder ?? "" };
        using var process = Process.Start(info) ?? throw new ScenarioException($"{file} does not start.");
        var output = process.StandardOutput.ReadToEndAsync(cancellation);
        var errors = process.StandardError.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        return (process.ExitCode, await output, await errors);
    }
}
