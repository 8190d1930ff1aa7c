using System.ComponentModel;
using System.Diagnostics;

namespace Granary.Gateway.Hosting;

/// <summary>
/// Runs a program that is installed beside the gateway, in its place: an image has one entry point, and <c>docker run IMAGE provara …</c> means the
/// other program in it.
/// </summary>
internal static class SiblingProgram
{
    private const int UsageError = 2;

    /// <summary>Runs it on this process' streams until it ends.</summary>
    /// <returns>Its exit code; 2 when it is not installed.</returns>
    public static async Task<int> RunAsync(string name, IEnumerable<string> arguments, string? folder = null)
    {
        var path = Path.Combine(folder ?? AppContext.BaseDirectory, OperatingSystem.IsWindows() ? $"{name}.exe" : name);
        try
        {
            using var process = Process.Start(path, arguments);
            await process.WaitForExitAsync();
            return process.ExitCode;
        }
        catch (Win32Exception)
        {
            await Console.Error.WriteLineAsync($"Error: the {name} command is not installed beside the gateway ({path}); the images have it.");
            return UsageError;
        }
    }
}
