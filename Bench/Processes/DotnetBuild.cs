using System.Diagnostics;

namespace Granary.Bench.Processes;

/// <summary>Builds what is measured, once and in Release.</summary>
internal static class DotnetBuild
{
    public static async Task RunAsync(Layout layout, IEnumerable<string> projects, CancellationToken cancellation)
    {
        foreach (var project in projects)
        {
            BenchContext.Say($"building {project}");
            var info = new ProcessStartInfo("dotnet", ["build", Path.Combine(layout.Root, project), "-c", "Release", "--nologo", "-v", "quiet"])
            {
                RedirectStandardOutput = true,
            };
            using var process = Process.Start(info)!;
            var output = await process.StandardOutput.ReadToEndAsync(cancellation);
            await process.WaitForExitAsync(cancellation);
            if (process.ExitCode != 0)
                throw new BenchException($"{project} does not build:\n{output}");
        }
    }
}
