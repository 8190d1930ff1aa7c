using System.Diagnostics;
using Granary.Tenants.Vaults.Formats;

namespace Granary.Tenants.Vaults;

/// <summary>An append that waits for its commit.</summary>
internal sealed class PendingAppend(PreparedAppend prepared, string? key)
{
    private const int Queued = 0;
    private const int Begun = 1;
    private const int Cancelled = 2;

    private readonly TaskCompletionSource<AppendReceipt> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _state;

    public PreparedAppend Prepared { get; } = prepared;

    public string? Key { get; } = key;

    /// <summary>The span of the call that waits for it; null where none is kept.</summary>
    public Activity? Span { get; } = CallTrace.Current;

    /// <summary>Tells a repeat of the key from another use of it.</summary>
    public string Digest { get; } = key is null ? "" : prepared.ContentDigest();

    /// <summary>True for the one who may write it: the caller has not given up before.</summary>
    public bool TryBegin() => Interlocked.CompareExchange(ref _state, Begun, Queued) != Cancelled;

    public void Complete(AppendReceipt receipt) => _completion.TrySetResult(receipt);

    public void Fail(TenantException failure) => _completion.TrySetException(failure);

    public async Task<AppendReceipt> WaitAsync(CancellationToken cancellation)
    {
        try
        {
            return await _completion.Task.WaitAsync(cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            if (Interlocked.CompareExchange(ref _state, Cancelled, Queued) == Queued)
                throw;
            // A receipt or refusal that arrived just now is better than not knowing.
            if (_completion.Task.IsCompleted)
                return await _completion.Task;
            throw new TenantException(
                TenantFailure.OutcomeUnknown,
                "The call ended while the event was being written; repeat it with the same idempotency_key to find out, or query the timeline.");
        }
    }
}
