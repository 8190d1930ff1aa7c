using System.Buffers.Text;
using System.Security.Cryptography;
using Granary.Grains.Calls;
using Granary.Grains.Contracts;
using Granary.Tenants;
using Granary.Tenants.Vaults;

namespace Granary.Grains.Client;

/// <summary>A vault in a silo.</summary>
internal sealed class ClusterVault(TenantId tenant, IVaultGrain grain, ClusterCalls calls, AccessRights? rights = null) : IVault
{
    public async Task<VaultDescription> CreateAsync(VaultCreation creation, CancellationToken cancellation)
    {
        Grant();
        var key = creation.RetryKey ?? NewKey();
        // Silos from before there was a choice know the plain call only.
        return Messages.To(await calls.RunAsync(
            tenant,
            CallKind.KeyedWrite,
            token => creation with { RetryKey = null } == VaultCreation.Default ? grain.CreateAsync(key, token) : grain.CreateAsAsync(Messages.From(creation, key), token),
            cancellation));
    }

    public async Task<AppendReceipt> AppendAsync(AppendEvent append, CancellationToken cancellation)
    {
        // A caller that gives up before anything was sent knows the outcome: nothing.
        cancellation.ThrowIfCancellationRequested();
        Grant();
        // Without a key of the client's the gateway makes one, so that every append can be repeated.
        var message = Messages.From(append, append.IdempotencyKey is null ? append.RetryKey ?? NewKey() : null);
        try
        {
            return Messages.To(await calls.RunAsync(tenant, CallKind.KeyedWrite, token => grain.AppendAsync(message, token), cancellation));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw new TenantException(
                TenantFailure.OutcomeUnknown,
                "The call ended while the event was being written; repeat it with the same idempotency_key to find out, or query the timeline.");
        }
    }

    public async Task<VaultHead> GetHeadAsync(CancellationToken cancellation)
    {
        Grant();
        return Messages.To(await calls.RunAsync(tenant, CallKind.Read, grain.GetHeadAsync, cancellation));
    }

    public async Task<VerificationReport> VerifyAsync(IProgress<WorkProgress>? progress, CancellationToken cancellation)
    {
        Grant();
        return Messages.To(await calls.RunInTurnsAsync(
            tenant, CallKind.Read, grain.VerifyAsync, grain.ContinueVerifyAsync, grain.AbandonAsync, progress, cancellation));
    }

    public async Task<Timeline> QueryTimelineAsync(TimelineQuery query, CancellationToken cancellation)
    {
        Grant();
        var message = Messages.From(query);
        return Messages.To(await calls.RunInTurnsAsync(
            tenant, CallKind.Read, token => grain.QueryTimelineAsync(message, token), grain.ContinueTimelineAsync, grain.AbandonAsync, null, cancellation));
    }

    public async Task<VaultResult> RunAsync(VaultCall call, IProgress<WorkProgress>? progress, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        Grant();
        var writes = VaultOperations.Writes(call.Operation);
        var message = Messages.From(call, writes && call.IdempotencyKey is null ? call.RetryKey ?? NewKey() : null);
        try
        {
            return Messages.To(await calls.RunInTurnsAsync(
                tenant, writes ? CallKind.KeyedWrite : CallKind.Read,
                token => grain.RunAsync(message, token), grain.ContinueRunAsync, grain.AbandonAsync, progress, cancellation));
        }
        catch (OperationCanceledException) when (writes && cancellation.IsCancellationRequested)
        {
            throw new TenantException(
                TenantFailure.OutcomeUnknown,
                "The call ended while it was being carried out; repeat it with the same idempotency_key to find out, or look at the vault.");
        }
    }

    /// <summary>Set for this call only: the context of an asynchronous method is not its caller's.</summary>
    private void Grant()
    {
        if (rights is { } granted)
            CallContext.Grant(granted);
    }

    private static string NewKey()
    {
        Span<byte> random = stackalloc byte[16];
        RandomNumberGenerator.Fill(random);
        return Base64Url.EncodeToString(random);
    }
}
