using Granary.Hosting.Configuration;
using Granary.Tenants;
using Granary.Vault.Keys;
using Granary.Vault.Redis.Archive;
using Granary.Vault.Redis.Connections;
using StackExchange.Redis;

namespace Granary.Grains.Redis;

/// <summary>What the commands of both programs that work on <c>GRANARY_REDIS</c>, and serve nothing, have in common.</summary>
public static class RedisCommand
{
    /// <summary>Connects, does the work, and tells what went wrong in a sentence.</summary>
    /// <param name="environment">The environment.</param>
    /// <param name="errors">Where the sentence goes.</param>
    /// <param name="work">The work.</param>
    /// <param name="openS3">See <see cref="ArchiveSettingsReader.Read"/>.</param>
    /// <returns>What the work returned. 1: it failed. 2: the settings or the command line cannot be used.</returns>
    public static async Task<int> RunAsync(
        Func<string, string?> environment, TextWriter errors, Func<RedisSettings, RedisLink, Task<int>> work, Func<string, ISegmentArchive>? openS3 = null)
    {
        try
        {
            var settings = RedisSettingsReader.Read(new Settings(environment), openS3: openS3);
            using var link = RedisLink.Connect(settings.Configuration, settings.Prefix);
            return await work(settings, link);
        }
        catch (Exception failure) when (failure is InvalidDataException or FormatException)
        {
            await errors.WriteLineAsync($"Error: {failure.Message}");
            return 2;
        }
        catch (Exception failure) when (failure is RedisException or TimeoutException)
        {
            await errors.WriteLineAsync($"Error: Redis did not answer: {failure.Message}");
            return 1;
        }
        catch (Exception failure) when (failure is TenantException or KeyRingException or IOException or UnauthorizedAccessException)
        {
            await errors.WriteLineAsync($"Error: {failure.Message}");
            return 1;
        }
    }
}
