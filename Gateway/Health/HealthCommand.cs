using System.CommandLine;
using Granary.Hosting.Configuration;
using Granary.Hosting.Health;

namespace Granary.Gateway.Health;

/// <summary><c>health</c>: whether the gateway of this machine is ready, as an exit code.</summary>
internal static class HealthCommand
{
    public static Command Create()
    {
        var command = new Command("health", "Exit with 0 when the gateway on PORT (8080) is ready; for containers.");
        command.SetAction((_, stop) =>
        {
            var settings = new Settings(Environment.GetEnvironmentVariable);
            return SpeaksStdio("/proc/1/cmdline", settings.Text("GRANARY_TRANSPORT"))
                ? Task.FromResult(0)
                : HealthProbe.RunAsync(settings.Number("PORT", 8080, 1, 65535), Console.Error, stop);
        });
        return command;
    }

    /// <summary>Whether a container's first process is a gateway over stdio: it has no port to ask, and lives as long as its client.</summary>
    /// <param name="commandLine">The file with its command line.</param>
    /// <param name="environment">What the container's variable says, where the command line says nothing.</param>
    internal static bool SpeaksStdio(string commandLine, string? environment)
    {
        try
        {
            return File.ReadAllText(commandLine).Split('\0') is [var program, .. var arguments]
                && Path.GetFileName(program).StartsWith("Granary.Gateway", StringComparison.Ordinal)
                && (arguments.Contains("--transport") ? arguments.Contains("stdio") : environment == "stdio");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
