using Granary.Instana.Operations;

namespace Granary.Tenants;

/// <summary>What can be asked of one connection to an Instana backend.</summary>
public interface IInstana
{
    /// <summary>
    /// Carries out one operation. A backend's refusal is a result with <see cref="InstanaResult.IsError"/>, not an exception;
    /// <see cref="TenantException"/> is for what never reached the connection.
    /// </summary>
    Task<InstanaResult> CallAsync(InstanaCall call, CancellationToken cancellation);
}
