using System.CommandLine;
using Granary.Tenants.Configuration;
using Granary.Tenants.Hosting;

namespace Granary.Gateway.Health;

/// <summary><c>health</c>: whether the gateway of this machine is ready, as an exit code.</summary>
internal static class HealthCommand
{
    public static Command Create()
    {
        var command = new Command("health", "Exit with 0 when the gateway on PORT (8080) is ready; for containers.");
        command.SetAction((_, stop) => HealthProbe.RunAsync(
            new Settings(Environment.GetEnvironmentVariable).Number("PORT", 8080, 1, 65535), Console.Error, stop));
        return command;
    }
}
