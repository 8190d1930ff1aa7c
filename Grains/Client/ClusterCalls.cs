using Granary.Grains.Calls;
using Granary.Grains.Contracts;
using Granary.Grains.Redis;
using Granary.Tenants;

namespace Granary.Grains.Client;

/// <summary>Calls to silos. A silo may die under a call, so its outcome may be unknown: what must not happen twice is then not repeated.</summary>
/// <remarks>
/// One call: (1) a place among the gateway's calls, or Busy. (2) An attempt, with the time it has left beside it. It ends with an answer, with the caller, or with
/// the loss of a connection that may have carried it; nothing else ends it, for a silo that is alive is waited for, however slow it is. (3) What the tenant said is
/// the answer, failures too. (4) Only a failure of the way there is repeated, after a pause that grows and differs, within the gateway's budget and the call's time,
/// and only while silos are there and Redis answers, without which they find nothing. A membership that declares a silo dead closes its connection, so its calls are left at once.
/// </remarks>
internal sealed class ClusterCalls(
    ClusterClientOptions options, ClusterConnection silos, RedisSilence redis, RepeatBudget budget, CallLoad load, TimeProvider time)
{
    private const string SiloWentAway = "The silo that served the call went away before it answered";
    private const string StoreIsSilent = "The store fell silent before the call was answered: Redis does not answer now";

    /// <param name="tenant">Whose call it is.</param>
    /// <param name="kind">Whether it does no harm to do it twice.</param>
    /// <param name="call">One attempt.</param>
    /// <param name="cancellation">The caller's.</param>
    /// <exception cref="TenantException">What the tenant says, or: the silos could not be reached, or the outcome is unknown.</exception>
    public async Task<T> RunAsync<T>(TenantId tenant, CallKind kind, Func<CancellationToken, Task<T>> call, CancellationToken cancellation)
    {
        load.Enter();
        try
        {
            return await RepeatAsync(tenant, kind, call, new CallTime(options.Patience, time), cancellation);
        }
        finally
        {
            load.Leave();
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
        load.Enter();
        try
        {
            var left = new CallTime(options.Patience, time);
            for (var restarts = 0; ; restarts++)
            {
                var answer = await RepeatAsync(tenant, kind, start, left, cancellation);
                try
                {
                    while (answer.Ticket is { } ticket)
                    {
                        if (answer.Total > 0)
                            progress?.Report(new WorkProgress(answer.Done, answer.Total));
                        answer = await TurnAsync(tenant, ticket, goOn, abandon, left, cancellation);
                    }
                    return answer.Result!;
                }
                catch (TenantException failure) when (failure is { Failure: TenantFailure.OutcomeUnknown, Message: LongCalls.Gone })
                {
                    // Its silo is gone, and the work with it: it begins again elsewhere, if it may.
                    if (kind == CallKind.Write || left.Left == TimeSpan.Zero)
                        throw kind == CallKind.Read ? Unreachable(failure) : Unknown(failure);
                    await PauseAsync(restarts, left, cancellation);
                }
            }
        }
        finally
        {
            load.Leave();
        }
    }

    /// <summary>One more turn of a call under way. Its silo keeps the outcome until it is thanked, so that a lost answer can be asked for again.</summary>
    private async Task<Partial<T>> TurnAsync<T>(
        TenantId tenant, Guid ticket, Func<Guid, CancellationToken, Task<Partial<T>>> goOn, Func<Guid, Task> abandon, CallTime left, CancellationToken cancellation)
        where T : class
    {
        var isOver = true;
        try
        {
            var answer = await RepeatAsync(tenant, CallKind.Read, token => goOn(ticket, token), left, cancellation);
            isOver = answer.Ticket is null;
            return answer;
        }
        finally
        {
            if (isOver)
            {
                CallContext.Set(tenant, options.AfterLoss);
                _ = AbandonAsync(ticket, abandon);
            }
        }
    }

    private static async Task AbandonAsync(Guid ticket, Func<Guid, Task> abandon)
    {
        try
        {
            await abandon(ticket);
        }
        catch (Exception)
        {
            // A courtesy: a silo that does not hear of it forgets the call by itself.
        }
    }

    private async Task<T> RepeatAsync<T>(
        TenantId tenant, CallKind kind, Func<CancellationToken, Task<T>> call, CallTime left, CancellationToken cancellation)
    {
        var uncertain = false;
        for (var repeats = 0; ; repeats++)
        {
            TenantException last;
            CallContext.Set(tenant, left.Left);
            using (var limit = new CallLimit(left.Left, options.AfterLoss, kind != CallKind.Write, silos.Loss, redis.Begun, cancellation))
            {
                try
                {
                    return await call(limit.Token);
                }
                catch (TenantFaultException fault)
                {
                    last = fault.ToTenantException();
                    if (!fault.IsMoving)
                        throw last;
                    uncertain |= last.RetryAfter is null;
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
            if (redis.IsSilent)
                throw uncertain && kind != CallKind.Read ? Unknown(last, StoreIsSilent) : NoStore(last);
            if ((uncertain && kind == CallKind.Write) || silos.LostFor > options.WithoutSilos || !await PauseAsync(repeats, left, cancellation))
                throw uncertain && kind != CallKind.Read ? Unknown(last) : last;
        }
    }

    /// <summary>Waits before a repeat.</summary>
    /// <returns>False where the call has no time for it: then it is over now.</returns>
    private async Task<bool> PauseAsync(int repeats, CallTime left, CancellationToken cancellation)
    {
        var (pause, turn) = (CallTime.Pause(repeats), budget.Take());
        pause = pause > turn ? pause : turn;
        if (pause >= left.Left)
            return false;
        await Task.Delay(pause, time, cancellation);
        return true;
    }

    private static TenantException Unknown(Exception inner, string why = SiloWentAway) => new(
        TenantFailure.OutcomeUnknown,
        $"{why}, so whether it was carried out is not known; repeat it with the same idempotency_key to find out, or read what is there.",
        null,
        inner);

    private static TenantException NoStore(Exception inner) => new(
        TenantFailure.Unavailable, "The store cannot be reached now: Redis does not answer. Try again shortly.", TimeSpan.FromSeconds(1), inner);

    private static TenantException Unreachable(Exception inner) => new(
        TenantFailure.Unavailable, "No silo could be reached in time; nothing was done. Try again.", TimeSpan.FromSeconds(1), inner);
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
