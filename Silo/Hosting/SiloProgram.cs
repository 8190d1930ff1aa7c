using Granary.Silo.Configuration;

namespace Granary.Silo.Hosting;

/// <summary>The program: an environment in, a silo out.</summary>
public static class SiloProgram
{
    private const int UsageError = 2;

    /// <summary>Runs until the silo stops.</summary>
    /// <returns>0 after an orderly stop, 2 when the configuration cannot work.</returns>
    public static async Task<int> RunAsync(Func<string, string?> environment, CancellationToken stop = default)
    {
        try
        {
            var options = SiloOptionsReader.Read(environment);
            await using var app = SiloHost.Build(options);
            await app.RunAsync(stop);
            return 0;
        }
        catch (Exception failure) when (failure is InvalidDataException or IOException)
        {
            await Console.Error.WriteLineAsync($"Error: {failure.Message}");
            return failure is InvalidDataException ? UsageError : 1;
        }
    }
}
