using System.Collections.Concurrent;
using Granary.Grains.Contracts;
using Granary.Tenants;

namespace Granary.Grains.Calls;

/// <summary>Calls under way in this silo that outlast a message: each is waited for in short turns, and ended when nobody asks any more.</summary>
/// <param name="turn">How long one turn waits.</param>
/// <param name="time">The clock.</param>
public sealed class LongCalls(TimeSpan turn, TimeProvider time)
{
    private const int TurnsBeforeAbandoned = 20;

    private readonly ConcurrentDictionary<Guid, Running> _running = new();

    /// <summary>How many calls outlasted their first turn and were not fetched yet.</summary>
    public int Count => _running.Count;

    /// <summary>Completes when everything under way is done and fetched, or with the token.</summary>
    public async Task DrainAsync(CancellationToken cancellation)
    {
        while (!_running.IsEmpty && !cancellation.IsCancellationRequested)
            await Task.WhenAny(Task.Delay(turn / 10, time, cancellation));
    }

    /// <param name="work">The call.</param>
    /// <param name="computes">
    /// Whether it may compute for long, and so hold up the very answer that says it is not done: then it runs beside the grain's own turns. What only waits
    /// is quicker within them.
    /// </param>
    internal async Task<Partial<T>> StartAsync<T>(Func<IProgress<WorkProgress>, CancellationToken, Task<T>> work, bool computes = true)
        where T : class
    {
        var abandoned = new CancellationTokenSource();
        var progress = new Latest();
        var running = new Running(
            computes ? Task.Run(() => work(progress, abandoned.Token), CancellationToken.None) : work(progress, abandoned.Token),
            progress, abandoned);
        try
        {
            if (await IsDoneAsync(running))
                return await ResultAsync<T>(running);
        }
        finally
        {
            if (running.Work.IsCompleted)
                abandoned.Dispose();
        }
        var ticket = Guid.NewGuid();
        _running[ticket] = running;
        abandoned.Token.UnsafeRegister(_ => _running.TryRemove(ticket, out Running? _), null);
        return Unfinished<T>(ticket, running);
    }

    internal async Task<Partial<T>> ContinueAsync<T>(Guid ticket)
        where T : class
    {
        if (!_running.TryGetValue(ticket, out var running))
            throw new TenantException(TenantFailure.OutcomeUnknown, "The call was under way in a silo that is gone.");
        if (!await IsDoneAsync(running))
            return Unfinished<T>(ticket, running);
        Abandon(ticket);
        return await ResultAsync<T>(running);
    }

    /// <summary>Ends and forgets a call; nothing happens to one that is done or not known.</summary>
    internal void Abandon(Guid ticket)
    {
        if (_running.TryGetValue(ticket, out var running))
            running.Abandoned.Cancel();
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
            // Told by whoever asks for the result.
        }
        return true;
    }

    private Partial<T> Unfinished<T>(Guid ticket, Running running)
        where T : class
    {
        // Also when the work is done by then: a result is kept for as long as its caller may take to ask.
        running.Abandoned.CancelAfter(turn * TurnsBeforeAbandoned);
        var progress = running.Progress.Value;
        return new Partial<T>(null, ticket, progress.Done, progress.Total);
    }

    private sealed record Running(Task Work, Latest Progress, CancellationTokenSource Abandoned);

    private sealed class Latest : IProgress<WorkProgress>
    {
        public WorkProgress Value { get; private set; } = new(0, 0);

        public void Report(WorkProgress value) => Value = value;
    }
}
