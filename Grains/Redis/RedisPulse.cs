using Granary.Hosting.Health;
using Granary.Vault.Redis.Connections;
using Microsoft.Extensions.Hosting;
using StackExchange.Redis;

namespace Granary.Grains.Redis;

/// <summary>
/// Whether Redis answers: it is asked every second. A connection that is open says nothing, for a Redis that hangs keeps it; one late answer says nothing either, for
/// slow is not dead.
/// </summary>
public sealed class RedisPulse(RedisLink link, RedisSilence silence, TimeProvider time) : BackgroundService, IReadiness
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SilentFor = TimeSpan.FromSeconds(10);

    private long _answered = time.GetTimestamp();

    /// <summary>False once it has not answered for ten seconds.</summary>
    public bool IsReady => time.GetElapsedTime(Volatile.Read(ref _answered)) < SilentFor;

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        for (; ; await Task.Delay(Beat, time, stoppingToken))
        {
            try
            {
                await link.Database.PingAsync();
                Volatile.Write(ref _answered, time.GetTimestamp());
                silence.Heard(answers: true);
            }
            catch (Exception failure) when (failure is RedisException or TimeoutException or ObjectDisposedException)
            {
                // Asked again in a second.
                if (!IsReady)
                    silence.Heard(answers: false);
            }
        }
    }
}
