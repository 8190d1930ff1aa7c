using Granary.Silo.Configuration;
using Orleans.Runtime;
using StackExchange.Redis;

namespace Granary.Silo.Hosting;

/// <summary>The program: an environment in, a silo out.</summary>
public static class SiloProgram
{
    private const int UsageError = 2;

    /// <summary>Runs until the silo stops.</summary>
    /// <returns>0 after an orderly stop, 1 when it could not run, 2 when the configuration cannot work.</returns>
    public static async Task<int> RunAsync(Func<string, string?> environment, CancellationToken stop = default)
    {
        try
        {
            var options = SiloSettingsReader.Read(environment);
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
