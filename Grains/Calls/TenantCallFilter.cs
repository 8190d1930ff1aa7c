using Granary.Grains.Contracts;
using Granary.Tenants;
using Microsoft.Extensions.Logging;

namespace Granary.Grains.Calls;

/// <summary>
/// Around every call to a tenant's grain: the tenant and the deadline are checked again, the tenant's calls are counted, and a failure leaves as
/// <see cref="TenantFaultException"/>, for a client does not have the types of a store's.
/// </summary>
internal sealed partial class TenantCallFilter(SiloAdmission admission, TimeProvider time, ILogger<TenantCallFilter> log) : IIncomingGrainCallFilter
{
    private readonly ILogger<TenantCallFilter> _log = log;

    public async Task Invoke(IIncomingGrainCallContext context)
    {
        if (context.Grain is not ITenantGrain grain)
        {
            await context.Invoke();
            return;
        }
        try
        {
            CallContext.Check(grain.Tenant, time.GetUtcNow());
            admission.Enter(grain.Tenant);
            try
            {
                await context.Invoke();
            }
            finally
            {
                admission.Leave(grain.Tenant);
            }
        }
        catch (TenantException failure)
        {
            throw TenantFaultException.From(failure);
        }
        catch (Exception failure) when (failure is not (TenantFaultException or OperationCanceledException))
        {
            LogUnexpected(failure, context.MethodName, grain.Tenant.Value);
            throw new TenantFaultException(nameof(TenantFailure.Unavailable), "The call met an unexpected failure; the silo's log has the details.", null);
        }
    }

    [LoggerMessage(1, LogLevel.Error, "{Method} failed for tenant {Tenant}")]
    private partial void LogUnexpected(Exception failure, string method, string tenant);
}
