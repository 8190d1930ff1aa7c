using System.Diagnostics;

namespace Granary.Bench.Processes;

/// <summary>Servers on core 0, the load on core 1, where <c>taskset</c> and two cores are there.</summary>
internal static class CpuPinning
{
    private static readonly string AllCores = $"0-{Environment.ProcessorCount - 1}";

    private static readonly string? Taskset =
        Environment.ProcessorCount < 2 ? null : new[] { "/usr/bin/taskset", "/bin/taskset" }.FirstOrDefault(File.Exists);

    /// <summary>Whether it can be done, in words for the record.</summary>
    public static string Description => Taskset is null ? "not pinned" : "server pinned to core 0, load generator to core 1";

    /// <summary>A command that runs another one on a core, or anywhere.</summary>
    public static ProcessStartInfo Command(string file, IEnumerable<string> arguments, int? core)
    {
        var info = new ProcessStartInfo { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        if (Taskset is null)
        {
            info.FileName = file;
        }
        else
        {
            // We are pinned ourselves, so a child that may run anywhere must be told so.
            info.FileName = Taskset;
            info.ArgumentList.Add("-c");
            info.ArgumentList.Add(core is { } one ? $"{one}" : AllCores);
            info.ArgumentList.Add(file);
        }
        foreach (var argument in arguments)
            info.ArgumentList.Add(argument);
        return info;
    }

    /// <summary>Pins this process with all its threads; threads made later inherit it.</summary>
    public static Task PinSelfAsync(CancellationToken cancellation) => PinSelfAsync("1", cancellation);

    /// <summary>Lets this process run anywhere.</summary>
    public static Task FreeSelfAsync(CancellationToken cancellation) => PinSelfAsync(AllCores, cancellation);

    private static async Task PinSelfAsync(string cores, CancellationToken cancellation)
    {
        if (Taskset is null)
            return;
        var info = new ProcessStartInfo(Taskset, ["-a", "-c", "-p", cores, $"{Environment.ProcessId}"]) { RedirectStandardOutput = true };
        using var process = Process.Start(info)!;
        await process.WaitForExitAsync(cancellation);
    }
}
