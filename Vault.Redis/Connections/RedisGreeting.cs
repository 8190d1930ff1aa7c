using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Granary.Vault.Redis.Connections;

/// <summary>
/// The first word with Redis: waits until it answers, says what can be lost, refuses one that would damage vaults, and one whose vaults have another key-encryption key.
/// </summary>
public sealed partial class RedisGreeting(RedisLink link, RedisSettings settings, TimeProvider time, ILogger<RedisGreeting> logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly ILogger _logger = logger;

    /// <summary>Completes when Redis answers and may be used.</summary>
    /// <exception cref="InvalidDataException">It must not be used as it is configured; the message says why.</exception>
    public async Task WaitAsync(CancellationToken cancellation)
    {
        for (var tries = 0; ; tries++)
        {
            if (await RedisChecks.RunAsync(link, settings.Replicas, cancellation) is { } checks)
            {
                if (checks.Problems.Count > 0)
                    throw new InvalidDataException(string.Join(" ", checks.Problems));
                if (await FitsAsync(cancellation))
                {
                    foreach (var warning in checks.Warnings)
                        LogWarning(warning);
                    return;
                }
            }
            if (tries == 4)
                LogWaiting();
            await Task.Delay(Pause, time, cancellation);
        }
    }

    /// <returns>False where Redis does not answer.</returns>
    private async Task<bool> FitsAsync(CancellationToken cancellation)
    {
        try
        {
            return settings.Keys is not { } keys || await RedisKeyCheck.RunAsync(link, keys, cancellation) is not { } problem
                ? true
                : throw new InvalidDataException(problem);
        }
        catch (Exception failure) when (failure is RedisException or TimeoutException)
        {
            return false;
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "{Warning}")]
    private partial void LogWarning(string warning);

    [LoggerMessage(2, LogLevel.Warning, "Redis does not answer yet; waiting for it")]
    private partial void LogWaiting();
}
