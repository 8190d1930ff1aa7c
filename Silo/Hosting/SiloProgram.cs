using Granary.Hosting.Configuration;
using Granary.Hosting.Health;
using Granary.Silo.Configuration;
using StackExchange.Redis;

namespace Granary.Silo.Hosting;

/// <summary>The program: an environment in, a silo out.</summary>
public static class SiloProgram
{
    private const int UsageError = 2;

    /// <summary>
    /// Runs until the silo stops; with <c>health</c>, tells whether the silo of this machine is ready; with <c>export</c>, writes a vault to a folder; with
    /// <c>--version</c>, tells which it is.
    /// </summary>
    /// <returns>
    /// 0 after an orderly stop, 1 when it could not run, 2 when the configuration cannot work. A silo that the others declared dead ends with 70
    /// (<see cref="Membership.FatalEnd"/>), to be started again.
    /// </returns>
    public static async Task<int> RunAsync(string[] args, Func<string, string?> environment, CancellationToken stop = default)
    {
        try
        {
            if (args is ["health"])
                return await HealthProbe.RunAsync(new Settings(environment).Number("PORT", 8081, 1, 65535), Console.Error, stop);
            if (args is ["--version"])
            {
                await Console.Out.WriteLineAsync(ProgramVersion.Of(typeof(SiloProgram).Assembly));
                return 0;
            }
            if (args is ["export", var tenant, var vault, var folder])
                return await SiloExport.RunAsync(tenant, vault, folder, environment, stop);
            if (args.Length > 0)
                throw new InvalidDataException("A silo takes its settings from the environment; apart from that it knows 'health', 'export TENANT VAULT FOLDER' and '--version'.");
            var options = SiloSettingsReader.Read(environment) with { UnknownSettings = UnknownSettings.Describe(UnknownSettings.OfProcess()) };
            await using var app = SiloHost.Build(options);
            await app.RunAsync(stop);
            return 0;
        }
        catch (Exception failure) when (failure is OperationCanceledException or OrleansLifecycleCanceledException)
        {
            // Told to stop before it had joined.
            return 0;
        }
        catch (InvalidDataException failure)
        {
            await Console.Error.WriteLineAsync($"Error: {failure.Message}");
            return UsageError;
        }
        catch (Exception failure) when (failure is IOException or RedisException or OrleansException)
        {
            await Console.Error.WriteLineAsync($"Error: the silo could not run: {failure.Message}");
            return 1;
        }
    }
}
