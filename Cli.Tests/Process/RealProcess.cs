using System.Diagnostics;
using Granary.Cli.Tests.Support;

namespace Granary.Cli.Tests.Process;

/// <summary>The built command as a process of its own.</summary>
internal static class RealProcess
{
    public static System.Diagnostics.Process Start(params string[] args)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, UseShellExecute = false };
        start.ArgumentList.Add(System.IO.Path.Combine(AppContext.BaseDirectory, "provara.dll"));
        foreach (var arg in args)
            start.ArgumentList.Add(arg);
        return System.Diagnostics.Process.Start(start)!;
    }

    public static async Task<Printed> RunAsync(params string[] args)
    {
        using var process = Start(args);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new Printed(process.ExitCode, await output, await error);
    }
}
