using System.Diagnostics;
using System.Runtime.CompilerServices;
using Granary.Vault.Redis.Connections;

namespace Granary.Vault.Redis;

/// <summary>Sends commands within a budget: waits for a connection that is coming back and for a Redis that is starting.</summary>
internal sealed class RedisCalls(RedisLink link, TimeProvider time, TimeSpan budget, TimeSpan timeout)
{
    /// <summary>Starts a budget.</summary>
    public Budget Start() => new(time, budget);

    /// <summary>Sends a command that does the same however often it is carried out.</summary>
    /// <param name="send">Sends it.</param>
    /// <param name="cancellation">Ends the waiting between two tries.</param>
    /// <param name="writes">Whether it changes something: then nobody is told that nothing changed when that is not known.</param>
    /// <param name="caller">What is done, for traces.</param>
    public async Task<T> RepeatAsync<T>(
        Func<Task<T>> send, CancellationToken cancellation, bool writes = false, [CallerMemberName] string caller = "")
    {
        var left = Start();
        var unknown = false;
        while (true)
        {
            var attempt = await TryAsync(send, left, caller);
            if (attempt.Answered)
                return attempt.Answer!;
            unknown |= writes && attempt.End == CommandEnd.Lost;
            if (attempt.End == CommandEnd.Refused || left.IsSpent)
                throw unknown ? RedisFailures.Unknown("the change", attempt.Failure) : RedisFailures.Unchanged(attempt.Failure);
            await left.PauseAsync(cancellation);
        }
    }

    /// <summary>Sends a command once.</summary>
    public async Task<Attempt<T>> TryAsync<T>(Func<Task<T>> send, Budget left, [CallerMemberName] string caller = "")
    {
        using var span = RedisTrace.Start(caller);
        var start = Stopwatch.GetTimestamp();
        // The library would queue the command and deliver it whenever the connection is back, long after its caller gave up.
        if (!link.IsConnected)
            return new Attempt<T>(false, default, CommandEnd.NotNow, null);
        try
        {
            var answer = await send().WaitAsync(left.Limit(timeout), time);
            RedisMetrics.Record(caller, start, null);
            return new Attempt<T>(true, answer, default, null);
        }
        catch (Exception failure) when (RedisFailures.IsRedis(failure))
        {
            var end = RedisFailures.Classify(failure);
            span?.SetTag("error.type", end.ToString()).SetStatus(ActivityStatusCode.Error);
            RedisMetrics.Record(caller, start, end);
            return new Attempt<T>(false, default, end, failure);
        }
    }
}

/// <summary>How one command ended.</summary>
internal readonly record struct Attempt<T>(bool Answered, T? Answer, CommandEnd End, Exception? Failure);

/// <summary>The time an operation has left for trying again.</summary>
internal sealed class Budget(TimeProvider time, TimeSpan length)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(10);

    private readonly long _start = time.GetTimestamp();
    private int _pauses;

    public bool IsSpent => time.GetElapsedTime(_start) >= length;

    /// <summary>The time for one command: not beyond the budget's end, and never so short that it could not succeed.</summary>
    public TimeSpan Limit(TimeSpan timeout)
    {
        var left = length - time.GetElapsedTime(_start);
        return left >= timeout ? timeout : left < timeout / 4 ? timeout / 4 : left;
    }

    /// <summary>Waits before the next try: at once at first, then up to 100 ms.</summary>
    public Task PauseAsync(CancellationToken cancellation)
    {
        var pause = Math.Min(10 * (1 << Math.Min(_pauses++, 4)), 100);
        return Task.Delay(Shortest + TimeSpan.FromMilliseconds(Random.Shared.Next(pause)), time, cancellation);
    }
}
