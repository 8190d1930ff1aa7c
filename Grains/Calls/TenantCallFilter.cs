using Granary.Grains.Contracts;
using Granary.Tenants;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Granary.Grains.Calls;

/// <summary>
/// Around every call to a tenant's grain: the tenant and the deadline are checked again, the tenant's calls are counted, and a failure leaves as
/// <see cref="TenantFaultException"/>, for a client does not have the types of a store's.
/// </summary>
internal sealed partial class TenantCallFilter(SiloAdmission admission, IHostApplicationLifetime lifetime, ILogger<TenantCallFilter> log)
    : IIncomingGrainCallFilter
{
    private readonly ILogger<TenantCallFilter> _log = log;

    public async Task Invoke(IIncomingGrainCallContext context)
    {
        // Orleans' own calls to a grain, to cancel a request for example, carry no tenant.
        if (context.Grain is not ITenantGrain grain || context.Request.GetInterfaceType().Assembly != typeof(IVaultGrain).Assembly)
        {
            await context.Invoke();
            return;
        }
        Describe(grain, context.MethodName);
        try
        {
            CallContext.Check(grain.Tenant);
            if (IsCounted(context.MethodName))
                await CountedAsync(context, grain.Tenant);
            else
                await context.Invoke();
        }
        catch (TenantException failure) when (failure.Failure == TenantFailure.Unavailable && IsStopping)
        {
            throw TenantFaultException.Moving(failure.Message, failure.RetryAfter ?? TimeSpan.FromSeconds(1));
        }
        catch (TenantException failure)
        {
            throw TenantFaultException.From(failure);
        }
        catch (Exception failure) when (failure is not (TenantFaultException or OperationCanceledException))
        {
            LogUnexpected(failure, context.MethodName, grain.Tenant.Value);
            const string Words = "The call met an unexpected failure; the silo's log has the details.";
            // What comes apart while the silo stops is tried elsewhere, except what must not happen twice.
            throw IsStopping ? TenantFaultException.Moving(Words, null) : new TenantFaultException(nameof(TenantFailure.Unavailable), Words, null);
        }
    }

    /// <summary>In the span that Orleans made of the call.</summary>
    private static void Describe(ITenantGrain grain, string method) => CallTrace.Current?
        .SetTag(CallTrace.Tenant, grain.Tenant.Value).SetTag(CallTrace.Vault, grain.Vault?.Value)
        .SetTag(CallTrace.Tool, CallContext.Tool).SetTag(CallTrace.Operation, method);

    private bool IsStopping => lifetime.ApplicationStopping.IsCancellationRequested;

    /// <summary>A call whose first turn is over has its place until its work is done (<see cref="LongCalls"/>); asking for it takes no second one.</summary>
    private static bool IsCounted(string method) =>
        !method.StartsWith("Continue", StringComparison.Ordinal) && method != nameof(IVaultGrain.AbandonAsync);

    private async Task CountedAsync(IIncomingGrainCallContext context, TenantId tenant)
    {
        admission.Enter(tenant);
        try
        {
            await context.Invoke();
        }
        finally
        {
            admission.Leave(tenant);
        }
    }

    [LoggerMessage(1, LogLevel.Error, "{Method} failed for tenant {Tenant}")]
    private partial void LogUnexpected(Exception failure, string method, string tenant);
}
