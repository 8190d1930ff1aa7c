using System.Diagnostics;
using System.Text.Json;

namespace Granary.Gateway.Tests.EndToEnd;

/// <summary>What a run of the <c>provara</c> command printed.</summary>
internal sealed record ProvaraRun(int ExitCode, string Output, string Error)
{
    public JsonElement Json
    {
        get
        {
            using var document = JsonDocument.Parse(Output);
            return document.RootElement.Clone();
        }
    }

    public ProvaraRun Succeeded() => Ended(0);

    public ProvaraRun Ended(int exitCode)
    {
        ExitCode.ShouldBe(exitCode, Output + Error);
        return this;
    }
}

/// <summary>The built <c>provara</c> command in a process of its own, as a user has it.</summary>
internal static class ProvaraProcess
{
    public static async Task<ProvaraRun> RunAsync(params string[] args)
    {
        var here = new DirectoryInfo(AppContext.BaseDirectory);
        var start = new ProcessStartInfo("dotnet", [Path.Combine(here.Parent!.Parent!.FullName, "Cli", here.Name, "provara.dll"), .. args])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        start.Environment.Remove("PROVARA_API_KEY");
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new ProvaraRun(process.ExitCode, await output, await error);
    }
}
