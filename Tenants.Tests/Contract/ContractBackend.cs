using System.Collections.Concurrent;
using System.Text;
using Granary.Instana.Connections;
using Granary.Instana.Operations;

namespace Granary.Tenants.Tests.Contract;

/// <summary>The Instana activations of the contract: what an operation does is its name.</summary>
public sealed class ContractBackend
{
    private readonly ConcurrentDictionary<TenantId, int> _underWay = new();

    /// <summary>The activations that were made.</summary>
    public ConcurrentQueue<(TenantId Tenant, InstanaConnection Connection)> Made { get; } = new();

    /// <summary>Makes one.</summary>
    public IInstana Create(TenantId tenant, InstanaConnection connection)
    {
        Made.Enqueue((tenant, connection));
        return new Activation(this, tenant);
    }

    /// <summary>How many endless calls of a tenant are under way.</summary>
    public int UnderWay(TenantId tenant) => _underWay.GetValueOrDefault(tenant);

    private async Task<InstanaResult> CallAsync(TenantId tenant, InstanaCall call, CancellationToken cancellation)
    {
        switch (call.Operation)
        {
            case "busy":
                throw new TenantException(TenantFailure.Busy, "The backend is busy.", TimeSpan.FromSeconds(7));
            case "endless":
                _underWay.AddOrUpdate(tenant, 1, (_, count) => count + 1);
                try
                {
                    await Task.Delay(Timeout.Infinite, cancellation);
                }
                finally
                {
                    _underWay.AddOrUpdate(tenant, 0, (_, count) => count - 1);
                }
                break;
        }
        var what = $"{call.Tool}/{call.ResourceType}/{call.Operation} {Encoding.UTF8.GetString(call.Params.Span)} {call.Tracking}";
        return new InstanaResult(Encoding.UTF8.GetBytes($$"""{"call":{{System.Text.Json.JsonSerializer.Serialize(what)}}}"""), call.Operation == "refused");
    }

    private sealed class Activation(ContractBackend backend, TenantId tenant) : IInstana
    {
        public Task<InstanaResult> CallAsync(InstanaCall call, CancellationToken cancellation) => backend.CallAsync(tenant, call, cancellation);
    }
}
