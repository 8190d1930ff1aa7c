using Granary.Tenants;
using Granary.Tenants.Configuration;
using Granary.Tenants.Hosting.Redis;
using Granary.Vault.Storage;
using Granary.Vault.Storage.Redis;

namespace Granary.Gateway.Hosting;

/// <summary>What the commands that work on GRANARY_REDIS, and serve nothing, have in common.</summary>
internal static class RedisCommand
{
    /// <summary>Connects, does the work, and tells what went wrong in a sentence.</summary>
    /// <returns>What the work returned. 1: it failed. 2: the settings or the command line cannot be used.</returns>
    public static async Task<int> RunAsync(Func<string, string?> environment, TextWriter errors, Func<RedisSettings, RedisLink, Task<int>> work)
    {
        try
        {
            var settings = RedisSettings.Read(new Settings(environment));
            using var link = RedisLink.Connect(settings.Configuration, settings.Prefix);
            return await work(settings, link);
        }
        catch (Exception failure) when (failure is InvalidDataException or FormatException)
        {
            await errors.WriteLineAsync($"Error: {failure.Message}");
            return 2;
        }
        catch (Exception failure) when (failure is VaultStorageException or TenantException or IOException or UnauthorizedAccessException)
        {
            await errors.WriteLineAsync($"Error: {failure.Message}");
            return 1;
        }
    }
}
