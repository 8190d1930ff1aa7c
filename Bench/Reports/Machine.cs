using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Granary.Bench.Reports;

/// <summary>What was measured on.</summary>
/// <param name="Scope">How far the figures carry.</param>
/// <param name="Cpu">Model and cores.</param>
/// <param name="System">The operating system.</param>
/// <param name="Runtime">The .NET runtime.</param>
/// <param name="Commit">The commit, and whether there were changes on top.</param>
/// <param name="Date">The day, UTC.</param>
internal sealed record Machine(string Scope, string Cpu, string System, string Runtime, string Commit, string Date)
{
    public static async Task<Machine> DescribeAsync(string root, CancellationToken cancellation)
    {
        var cores = Environment.ProcessorCount;
        return new Machine(
            $"single {cores}-vCPU host, loopback",
            $"{CpuModel()}, {cores} vCPU",
            RuntimeInformation.OSDescription,
            RuntimeInformation.FrameworkDescription,
            await CommitAsync(root, cancellation),
            TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd"));
    }

    /// <summary>The three load averages, or a word.</summary>
    public static string LoadAverage() =>
        File.Exists("/proc/loadavg") ? string.Join(' ', File.ReadAllText("/proc/loadavg").Split(' ').Take(3)) : "unknown";

    private static string CpuModel()
    {
        const string name = "model name";
        var line = File.Exists("/proc/cpuinfo") ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith(name, StringComparison.Ordinal)) : null;
        return line is null ? RuntimeInformation.ProcessArchitecture.ToString() : line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }

    private static async Task<string> CommitAsync(string root, CancellationToken cancellation)
    {
        try
        {
            var commit = await GitAsync(root, ["rev-parse", "--short", "HEAD"], cancellation);
            var changes = await GitAsync(root, ["status", "--porcelain", "--", ".", ":!Bench/RESULTS.md"], cancellation);
            return changes.Length == 0 ? commit : $"{commit} with changes";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "unknown";
        }
    }

    private static async Task<string> GitAsync(string root, string[] arguments, CancellationToken cancellation)
    {
        using var process = Process.Start(new ProcessStartInfo("git", arguments) { WorkingDirectory = root, RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        return output.Trim();
    }
}
