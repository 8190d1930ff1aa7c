using Granary.Instana;
using Granary.Instana.Client;
using Granary.Instana.Connections;
using Granary.Instana.Operations;
using Microsoft.Extensions.Logging;

namespace Granary.Tenants.Instana;

/// <summary>
/// One tenant's use of one connection: its breaker, its rate budget, and how many calls are under way. Calls interleave; a slow
/// one takes its place and holds up nobody until all places are taken.
/// </summary>
internal sealed partial class InstanaActivation(
    TenantId tenant, InstanaClient client, InstanaOptions options, TimeProvider time, ILogger logger) : IInstana
{
    private readonly CallGate _gate = new(options.MaxInFlight, options.MaxWaiting, time);

    /// <inheritdoc />
    public async Task<InstanaResult> CallAsync(InstanaCall call, CancellationToken cancellation)
    {
        if (!InstanaTools.Contains(call.Tool))
            throw new TenantException(TenantFailure.InvalidInput, "There is no such Instana tool.");
        try
        {
            await _gate.EnterAsync(call.Deadline, cancellation);
        }
        catch (Exception failure)
        {
            TenantMetrics.Instana(call, isError: true, failure);
            throw;
        }
        Exception? end = null;
        var isError = false;
        try
        {
            var result = await InstanaTools.ExecuteAsync(call, client, cancellation);
            isError = result.IsError;
            return result;
        }
        catch (Exception failure) when (failure is OperationCanceledException or TenantException)
        {
            end = failure;
            throw;
        }
        catch (Exception e)
        {
            end = e;
            // The type only: a message could quote what must not be seen, and no caller could use it.
            LogUnexpected(logger, tenant.Value, call.Tool, call.Operation.Length <= 64 ? call.Operation : "", e.GetType().Name);
            throw new TenantException(TenantFailure.Unavailable, "The call to Instana failed for a reason that was not foreseen; it is in the server's log.");
        }
        finally
        {
            _gate.Leave();
            TenantMetrics.Instana(call, isError, end);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "An Instana call of tenant {Tenant} ({Tool} {Operation}) failed unexpectedly: {Exception}")]
    private static partial void LogUnexpected(ILogger logger, string tenant, string tool, string operation, string exception);
}
