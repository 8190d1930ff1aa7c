using System.Diagnostics;

namespace Granary.Tenants.Vaults;

/// <summary>
/// Appends that wait, bounded in number and bytes, and the one loop that commits them. Other work that must not run beside a commit takes its turn
/// in the same loop.
/// </summary>
internal sealed class AppendQueue(VaultActivationOptions options, Func<List<PendingAppend>, Task> commit)
{
    private readonly Queue<PendingAppend> _waiting = new();
    private readonly Queue<Func<Task>> _works = new();
    private long _bytes;
    private bool _running;
    private bool _closed;
    private TaskCompletionSource? _drained;

    public void Enqueue(PendingAppend append)
    {
        lock (_waiting)
        {
            ThrowIfClosed();
            if (_waiting.Count >= options.MaxQueuedAppends || _bytes + append.Prepared.Size > options.MaxQueuedBytes)
                throw new TenantException(TenantFailure.Busy, "Too many appends wait for this vault; try again shortly.", options.RetryAfter);
            _waiting.Enqueue(append);
            TenantMetrics.QueuedAppends.Add(1);
            _bytes += append.Prepared.Size;
            Start();
        }
    }

    /// <summary>Runs work between two commits. It waits for no commit itself.</summary>
    public Task<T> RunAsync<T>(Func<Task<T>> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var span = CallTrace.Current;
        lock (_waiting)
        {
            ThrowIfClosed();
            if (_works.Count >= options.MaxQueuedWorks)
                throw new TenantException(TenantFailure.Busy, "Too many operations wait for this vault; try again shortly.", options.RetryAfter);
            _works.Enqueue(async () =>
            {
                Activity.Current = span;
                try
                {
                    done.SetResult(await work());
                }
                catch (Exception failure)
                {
                    done.SetException(failure);
                }
            });
            Start();
        }
        return done.Task;
    }

    /// <summary>Has the loop do something soon that does not fail, unless it is being closed.</summary>
    public void Post(Func<Task> work)
    {
        lock (_waiting)
        {
            if (_closed)
                return;
            _works.Enqueue(work);
            Start();
        }
    }

    /// <summary>Takes nothing more; completes when everything that waited is done.</summary>
    public Task CloseAsync()
    {
        lock (_waiting)
        {
            _closed = true;
            if (!_running)
                return Task.CompletedTask;
            _drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _drained.Task;
        }
    }

    private void ThrowIfClosed()
    {
        if (_closed)
            throw new TenantException(TenantFailure.Unavailable, "This process is stopping; try again.", options.RetryAfter);
    }

    private void Start()
    {
        if (_running)
            return;
        _running = true;
        _ = Task.Run(RunAsync);
    }

    private async Task RunAsync()
    {
        // The loop serves many calls, and belongs to none: least of all to the one that found it asleep.
        Activity.Current = null;
        while (Take(out var work) is { } batch)
        {
            if (batch.Count > 0)
                await commit(batch);
            if (work is not null)
                await work();
        }
    }

    /// <summary>The next batch and the next work, either of which may be missing; null ends the loop.</summary>
    private List<PendingAppend>? Take(out Func<Task>? work)
    {
        lock (_waiting)
        {
            var batch = new List<PendingAppend>(Math.Min(_waiting.Count, options.MaxBatch));
            long bytes = 0;
            while (batch.Count < options.MaxBatch && bytes < options.MaxBatchBytes && _waiting.TryDequeue(out var next))
            {
                batch.Add(next);
                bytes += next.Prepared.Size;
            }
            _bytes -= bytes;
            if (batch.Count > 0)
            {
                TenantMetrics.QueuedAppends.Add(-batch.Count);
                TenantMetrics.Batches.Record(batch.Count);
            }
            if (_works.TryDequeue(out work) || batch.Count > 0)
                return batch;
            _running = false;
            _drained?.TrySetResult();
            return null;
        }
    }
}
