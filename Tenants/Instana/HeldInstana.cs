using Granary.Instana.Connections;
using Granary.Instana.Operations;

namespace Granary.Tenants.Instana;

/// <summary>
/// A tenant's use of a unit whose credential is held here. Where and with what it is called is looked up at each call, so that a token which was exchanged or taken away serves
/// none after; nothing that a caller or a gateway says about the address counts.
/// </summary>
internal sealed class HeldInstana(TenantId tenant, string alias, TenantBackends backends, Func<InstanaConnection, InstanaOptions, IInstana> open) : IInstana
{
    private readonly Lock _changing = new();
    private (HeldUnit Unit, IInstana Instana)? _current;

    /// <inheritdoc />
    public Task<InstanaResult> CallAsync(InstanaCall call, CancellationToken cancellation) => Current().CallAsync(call, cancellation);

    private IInstana Current()
    {
        var options = backends.For(tenant);
        if (!options.Held.TryGetValue(alias, out var unit))
            throw new TenantException(TenantFailure.NotFound, $"There is no unit '{alias}' for this tenant here.");
        lock (_changing)
        {
            if (_current is { } known && known.Unit == unit)
                return known.Instana;
            if (!InstanaConnection.TryCreate(unit.BaseUrl, backends.Open(tenant, unit), options, out var connection, out var problem))
                throw new TenantException(TenantFailure.InvalidInput, problem);
            _current = (unit, open(connection, options));
            return _current.Value.Instana;
        }
    }
}
