using System.Diagnostics;
using Granary.Bench.Setup;

namespace Granary.Bench.Processes;

/// <summary>Builds what is measured, once and in Release.</summary>
internal static class DotnetBuild
{
    /// <summary>Builds projects as they are by default.</summary>
    /// <exception cref="BenchException">One does not build.</exception>
    public static async Task RunAsync(Layout layout, IEnumerable<string> projects, CancellationToken cancellation)
    {
        foreach (var project in projects)
        {
            if (await TryAsync(layout, project, [], cancellation) is { } output)
                throw new BenchException($"{project} does not build:\n{output}");
        }
    }

    /// <summary>Builds a project with properties; null when it is built, otherwise what the compiler said.</summary>
    public static async Task<string?> TryAsync(Layout layout, string project, IEnumerable<string> properties, CancellationToken cancellation)
    {
        Progress.Say($"building {string.Join(' ', [project, .. properties])}");
        var info = new ProcessStartInfo("dotnet", ["build", Path.Combine(layout.Root, project), "-c", "Release", "--nologo", "-v", "quiet", .. properties])
        {
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(info)!;
        var output = await process.StandardOutput.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        return process.ExitCode == 0 ? null : output;
    }
}
