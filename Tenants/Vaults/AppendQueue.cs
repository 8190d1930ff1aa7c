namespace Granary.Tenants.Vaults;

/// <summary>Appends that wait, bounded in number and bytes, and the one loop that commits them.</summary>
internal sealed class AppendQueue(VaultActivationOptions options, Func<List<PendingAppend>, Task> commit, Func<Task> idle)
{
    private readonly Queue<PendingAppend> _waiting = new();
    private long _bytes;
    private bool _running;
    private bool _poked;
    private bool _closed;
    private TaskCompletionSource? _drained;

    public void Enqueue(PendingAppend append)
    {
        lock (_waiting)
        {
            if (_closed)
                throw new TenantException(TenantFailure.Unavailable, "This process is stopping; try again.", options.RetryAfter);
            if (_waiting.Count >= options.MaxQueuedAppends || _bytes + append.Prepared.Size > options.MaxQueuedBytes)
                throw new TenantException(TenantFailure.Busy, "Too many appends wait for this vault; try again shortly.", options.RetryAfter);
            _waiting.Enqueue(append);
            _bytes += append.Prepared.Size;
            Start();
        }
    }

    /// <summary>Has the loop call its idle work soon.</summary>
    public void Poke()
    {
        lock (_waiting)
        {
            if (_closed)
                return;
            _poked = true;
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

    private void Start()
    {
        if (_running)
            return;
        _running = true;
        _ = Task.Run(RunAsync);
    }

    private async Task RunAsync()
    {
        while (true)
        {
            var batch = Take();
            if (batch is null)
                return;
            await (batch.Count > 0 ? commit(batch) : idle());
        }
    }

    /// <summary>The next batch; an empty one means idle work; null the end of the loop.</summary>
    private List<PendingAppend>? Take()
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
                return batch;
            if (_poked)
            {
                _poked = false;
                return batch;
            }
            _running = false;
            _drained?.TrySetResult();
            return null;
        }
    }
}
