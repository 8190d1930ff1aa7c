using System.Collections.Concurrent;
using Granary.Gateway.Configuration;
using Granary.Tenants;

namespace Granary.Gateway.Tools;

/// <summary>
/// Tenants as labels of measures: the first so many by their names, and all others together, for each label is a time series that is kept for weeks. Who
/// comes first is who calls most, as a rule; a gateway that starts again chooses anew.
/// </summary>
internal sealed class TenantLabels(GatewayOptions options)
{
    /// <summary>No tenant's name begins so.</summary>
    public const string Others = "_others";

    private readonly ConcurrentDictionary<TenantId, string> _known = new();
    private readonly Lock _lock = new();
    private volatile bool _isFull;

    /// <summary>The label of a tenant.</summary>
    public string Of(TenantId tenant)
    {
        if (_known.TryGetValue(tenant, out var label))
            return label;
        if (_isFull)
            return Others;
        lock (_lock)
        {
            _isFull = _known.Count >= options.MeasuredTenants;
            return _isFull ? Others : _known.GetOrAdd(tenant, tenant.Value);
        }
    }
}
