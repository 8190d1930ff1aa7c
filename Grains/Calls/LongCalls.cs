using System.Collections.Concurrent;
using Granary.Grains.Contracts;
using Granary.Tenants;

namespace Granary.Grains.Calls;

/// <summary>
/// Calls under way in this silo that outlast a message: each is waited for in short turns, and ended when nobody asks any more or its deadline has passed.
/// </summary>
/// <remarks>
/// The life of such a call: (1) its first turn starts the work and waits for it; done by then, no ticket exists. (2) Otherwise the caller gets a ticket, and the
/// tenant's place is held until the work is done. (3) Further turns wait for the same work. (4) Its outcome, a failure as well as a result, stays here after it was
/// told, because the message that tells it can be lost: the caller asks again with the ticket and gets the same. (5) The caller's thanks, or time, remove it.
/// </remarks>
/// <param name="turn">How long one turn waits.</param>
/// <param name="admission">Where calls are counted.</param>
/// <param name="time">The clock.</param>
public sealed class LongCalls(TimeSpan turn, SiloAdmission admission, TimeProvider time)
{
    /// <summary>The answer to a ticket that is not known here: its silo is gone, or nobody asked for so long that the work was ended.</summary>
    internal const string Gone = "The call was under way in a silo that is gone.";

    /// <summary>A gateway on a slow machine may take long to ask again.</summary>
    private static readonly TimeSpan AbandonedAfter = TimeSpan.FromSeconds(30);

    /// <summary>For so long the outcome can be asked for again.</summary>
    private static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<Guid, Running> _running = new();

    /// <summary>How many calls outlasted their first turn and were not fetched yet.</summary>
    public int Count => _running.Count(call => !call.Value.IsFetched);

    /// <summary>Completes when everything under way is done and fetched, or with the token.</summary>
    public async Task DrainAsync(CancellationToken cancellation)
    {
        while (Count > 0 && !cancellation.IsCancellationRequested)
            await Task.WhenAny(Task.Delay(turn / 10, time, cancellation));
    }

    /// <param name="tenant">Whose call it is.</param>
    /// <param name="work">The call.</param>
    /// <param name="computes">
    /// Whether it may compute for long, and so hold up the very answer that says it is not done: then it runs beside the grain's own turns. What only waits
    /// is quicker within them.
    /// </param>
    internal async Task<Partial<T>> StartAsync<T>(TenantId tenant, Func<IProgress<WorkProgress>, CancellationToken, Task<T>> work, bool computes = true)
        where T : class
    {
        var remaining = CallContext.Remaining;
        var end = new CancellationTokenSource(remaining ?? Timeout.InfiniteTimeSpan, time);
        var progress = new Latest();
        var running = new Running(
            computes ? Task.Run(() => work(progress, end.Token), CancellationToken.None) : work(progress, end.Token),
            progress, end, remaining is { } wait ? time.GetTimestamp() + (long)(wait.TotalSeconds * time.TimestampFrequency) : null);
        if (await IsDoneAsync(running))
        {
            end.Dispose();
            return await ResultAsync<T>(running);
        }
        var ticket = Guid.NewGuid();
        admission.Hold(tenant);
        _ = running.Work.ContinueWith(
            _ => admission.Leave(tenant), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        _running[ticket] = running;
        end.Token.UnsafeRegister(_ => _running.TryRemove(ticket, out Running? _), null);
        return Unfinished<T>(ticket, running);
    }

    internal async Task<Partial<T>> ContinueAsync<T>(Guid ticket)
        where T : class
    {
        if (!_running.TryGetValue(ticket, out var running))
            throw new TenantException(TenantFailure.OutcomeUnknown, Gone);
        if (!await IsDoneAsync(running))
            return Unfinished<T>(ticket, running);
        running.IsFetched = true;
        running.End.CancelAfter(KeptFor);
        return await ResultAsync<T>(running);
    }

    /// <summary>Ends and forgets a call; nothing happens to one that is not known.</summary>
    internal void Abandon(Guid ticket)
    {
        if (_running.TryGetValue(ticket, out var running))
            running.End.Cancel();
    }

    private static async Task<Partial<T>> ResultAsync<T>(Running running)
        where T : class => new(await (Task<T>)running.Work, null, 0, 0);

    private async Task<bool> IsDoneAsync(Running running)
    {
        if (running.Work.IsCompleted)
            return true;
        try
        {
            await running.Work.WaitAsync(turn, time);
        }
        catch (TimeoutException) when (!running.Work.IsCompleted)
        {
            return false;
        }
        catch (Exception) when (running.Work.IsCompleted)
        {
            // Rethrown to the caller that asks for the result.
        }
        return true;
    }

    private Partial<T> Unfinished<T>(Guid ticket, Running running)
        where T : class
    {
        // Also when the work is done by then: a result is kept for as long as its caller may take to ask.
        running.End.CancelAfter(LeftOf(running));
        var progress = running.Progress.Value;
        return new Partial<T>(null, ticket, progress.Done, progress.Total);
    }

    private TimeSpan LeftOf(Running running)
    {
        if (running.DueAt is not { } due)
            return AbandonedAfter;
        var left = time.GetElapsedTime(time.GetTimestamp(), due);
        return left > AbandonedAfter ? AbandonedAfter : left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private sealed record Running(Task Work, Latest Progress, CancellationTokenSource End, long? DueAt)
    {
        public volatile bool IsFetched;
    }

    private sealed class Latest : IProgress<WorkProgress>
    {
        public WorkProgress Value { get; private set; } = new(0, 0);

        public void Report(WorkProgress value) => Value = value;
    }
}
