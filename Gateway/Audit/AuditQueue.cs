using Granary.Tenants;

namespace Granary.Gateway.Audit;

/// <summary>
/// What waits to be written to one tenant's audit vault. Lines are gathered for a moment and written as one event: a signature costs more than everything
/// else about a line. While the vault cannot be written they wait, up to a bound; how many were given up beyond it stands in the next event.
/// </summary>
internal sealed partial class AuditQueue(IVault vault, AuditSource source, AuditMetrics metrics, TimeProvider time, ILogger log, CancellationToken ended)
{
    /// <summary>How many lines one event has at most.</summary>
    public const int MaxLines = 256;

    /// <summary>How many lines wait at most.</summary>
    public const int MaxWaiting = 8192;

    /// <summary>How long lines are gathered.</summary>
    public static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    private readonly ILogger _log = log;
    private readonly Lock _gate = new();
    private readonly Queue<AuditEntry> _waiting = new();
    private TaskCompletionSource _hurry = NewSignal();
    private Task _writing = Task.CompletedTask;
    private long _lost;
    private bool _isOpen;

    /// <summary>Completes when everything that was added is durable or given up.</summary>
    public Task FlushAsync()
    {
        lock (_gate)
        {
            _hurry.TrySetResult();
            return _writing;
        }
    }

    public void Add(AuditEntry entry)
    {
        lock (_gate)
        {
            if (_waiting.Count >= MaxWaiting)
            {
                _lost++;
                metrics.Lost();
                entry.Awaited?.TrySetException(new TenantException(TenantFailure.Busy, "Too many calls wait to be recorded."));
                return;
            }
            _waiting.Enqueue(entry);
            if (entry.Awaited is not null || _waiting.Count >= MaxLines)
                _hurry.TrySetResult();
            if (_writing.IsCompleted)
                _writing = Task.Run(WriteAllAsync);
        }
    }

    private async Task WriteAllAsync()
    {
        while (true)
        {
            Task hurry;
            lock (_gate)
                hurry = _hurry.Task;
            using (var gathered = new CancellationTokenSource())
            {
                await Task.WhenAny(hurry, Task.Delay(Gathering, time, gathered.Token));
                await gathered.CancelAsync();
            }
            var (lines, lost) = Take();
            await AppendAsync(lines, lost);
            lock (_gate)
            {
                if (_waiting.Count > 0)
                    continue;
                // In the lock: the next line starts another writer.
                _writing = Task.CompletedTask;
                return;
            }
        }
    }

    private (List<AuditEntry> Lines, long Lost) Take()
    {
        lock (_gate)
        {
            var lines = new List<AuditEntry>(Math.Min(_waiting.Count, MaxLines));
            while (lines.Count < MaxLines && _waiting.TryDequeue(out var line))
                lines.Add(line);
            var lost = _lost;
            _lost = 0;
            // Until then somebody may wait for a line that is left, and there is enough for another event as it is.
            if (_waiting.Count == 0)
                _hurry = NewSignal();
            return (lines, lost);
        }
    }

    /// <summary>Tries until it is done or the process ends: what was called must not be forgotten because a store was away.</summary>
    private async Task AppendAsync(List<AuditEntry> lines, long lost)
    {
        var data = source.Calls(lines, lost);
        // A repeat after an answer that was lost must not record the calls twice.
        var retryKey = Guid.NewGuid().ToString("N");
        var pause = ShortestPause;
        while (true)
        {
            try
            {
                using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30), time);
                if (!_isOpen)
                    await OpenAsync(deadline.Token);
                var receipt = await vault.AppendAsync(new AppendEvent(AuditSource.CallsType, data) { RetryKey = retryKey }, deadline.Token);
                metrics.Recorded(lines.Count);
                for (var i = 0; i < lines.Count; i++)
                    lines[i].Awaited?.TrySetResult(new AuditReceipt(receipt.EventId, receipt.Position, receipt.Hash, i));
                return;
            }
            catch (Exception e) when (e is TenantException or OperationCanceledException)
            {
                _isOpen = false;
                LogUnwritten(e.Message, lines.Count);
                foreach (var line in lines)
                    line.Awaited?.TrySetException(e);
            }
            // The process ends, and the store was away until then.
            if (ended.IsCancellationRequested)
                return;
            await Task.Delay(pause * (0.5 + Random.Shared.NextDouble()), time, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    /// <summary>Makes the vault where it is not there yet, and records the definitions of the tools where they are others than those that it tells of.</summary>
    private async Task OpenAsync(CancellationToken cancellation)
    {
        try
        {
            await vault.GetHeadAsync(cancellation);
        }
        catch (TenantException e) when (e.Failure == TenantFailure.NotFound)
        {
            await CreateAsync(cancellation);
        }
        var known = await vault.QueryTimelineAsync(new TimelineQuery { EventType = AuditSource.ToolsType, Limit = 1 }, cancellation);
        if (known.Events is not [var last] || !source.IsSameTools(last))
            await vault.AppendAsync(new AppendEvent(AuditSource.ToolsType, source.Tools), cancellation);
        _isOpen = true;
    }

    private async Task CreateAsync(CancellationToken cancellation)
    {
        try
        {
            await vault.CreateAsync(cancellation);
        }
        catch (TenantException e) when (e.Failure == TenantFailure.AlreadyExists)
        {
            // Another gateway was faster.
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    [LoggerMessage(1, LogLevel.Warning, "An audit vault cannot be written, {Lines} calls wait: {Reason}")]
    private partial void LogUnwritten(string reason, int lines);
}
