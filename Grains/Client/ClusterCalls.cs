using Granary.Grains.Calls;
using Granary.Grains.Contracts;
using Granary.Tenants;

namespace Granary.Grains.Client;

/// <summary>
/// Calls to silos, repeated while that is safe and somebody can still be waiting. A silo may die under a call, so its outcome may be unknown:
/// what must not happen twice is then not repeated.
/// </summary>
internal sealed class ClusterCalls(ClusterClientOptions options, ClusterConnection silos, TimeProvider time)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(200);

    /// <param name="tenant">Whose call it is.</param>
    /// <param name="kind">Whether it does no harm to do it twice.</param>
    /// <param name="call">One attempt.</param>
    /// <param name="cancellation">The caller's.</param>
    /// <exception cref="TenantException">What the tenant says, or: the silos could not be reached, or the outcome is unknown.</exception>
    public async Task<T> RunAsync<T>(TenantId tenant, CallKind kind, Func<CancellationToken, Task<T>> call, CancellationToken cancellation)
    {
        var end = time.GetUtcNow() + options.Patience;
        var uncertain = false;
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            TenantException? last;
            CallContext.Set(tenant, end);
            using (var limit = kind == CallKind.Write ? null : Limit(uncertain ? end : null, cancellation))
            {
                try
                {
                    return await call(limit?.Token ?? cancellation);
                }
                catch (TenantFaultException fault)
                {
                    last = fault.ToTenantException();
                    // A silo that is stopping says so, and may stumble over it; anything else is the tenant's answer.
                    if (last.Failure != TenantFailure.Unavailable || (last.RetryAfter is null && kind == CallKind.Write))
                        throw last;
                }
                catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
                {
                    throw;
                }
                catch (Exception failure) when (ClusterFailures.Judge(failure) is { } verdict)
                {
                    uncertain |= verdict == ClusterFailure.Uncertain;
                    last = Unreachable(failure);
                }
            }
            if ((uncertain && kind == CallKind.Write) || time.GetUtcNow() + pause >= end)
                throw uncertain && kind != CallKind.Read ? Unknown(last) : last;
            await Task.Delay(pause, time, cancellation);
        }
    }

    /// <summary>Runs a call in turns until it is done; see <see cref="Partial{T}"/>.</summary>
    public async Task<T> RunInTurnsAsync<T>(
        TenantId tenant,
        CallKind kind,
        Func<CancellationToken, Task<Partial<T>>> start,
        Func<Guid, CancellationToken, Task<Partial<T>>> goOn,
        Func<Guid, Task> abandon,
        IProgress<WorkProgress>? progress,
        CancellationToken cancellation)
        where T : class
    {
        for (var restarts = 0; ; restarts++)
        {
            var answer = await RunAsync(tenant, kind, start, cancellation);
            try
            {
                while (answer.Ticket is { } ticket)
                {
                    if (answer.Total > 0)
                        progress?.Report(new WorkProgress(answer.Done, answer.Total));
                    try
                    {
                        answer = await RunAsync(tenant, CallKind.Read, token => goOn(ticket, token), cancellation);
                    }
                    catch (OperationCanceledException)
                    {
                        CallContext.Set(tenant, time.GetUtcNow() + options.Patience);
                        await abandon(ticket);
                        throw;
                    }
                }
                return answer.Result!;
            }
            catch (TenantException failure) when (failure.Failure is TenantFailure.OutcomeUnknown or TenantFailure.Unavailable)
            {
                // Its silo is gone, and the work with it: it begins again elsewhere, if it may.
                if (kind == CallKind.Write)
                    throw Unknown(failure);
                if (restarts == 3)
                    throw;
            }
        }
    }

    private static TenantException Unknown(Exception inner) => new(
        TenantFailure.OutcomeUnknown,
        "The silo that served the call went away before it answered, so whether it was carried out is not known; repeat it with the same idempotency_key to find out, or read what is there.",
        null,
        inner);

    private static TenantException Unreachable(Exception inner) => new(
        TenantFailure.Unavailable, "No silo could be reached in time; nothing was done. Try again.", TimeSpan.FromSeconds(1), inner);

    /// <summary>Ends an attempt with its caller, with the connection it may have gone through, and at the end of all attempts.</summary>
    private CancellationTokenSource Limit(DateTimeOffset? end, CancellationToken cancellation)
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation, silos.Loss);
        if (end is { } last)
        {
            var left = last - time.GetUtcNow();
            limit.CancelAfter(left > TimeSpan.Zero ? left : TimeSpan.Zero);
        }
        return limit;
    }
}

/// <summary>What repeating a call would do.</summary>
internal enum CallKind
{
    /// <summary>Nothing: it changes nothing.</summary>
    Read,

    /// <summary>Nothing: it carries a key by which a repeat is known.</summary>
    KeyedWrite,

    /// <summary>It might do twice what was asked once.</summary>
    Write,
}
