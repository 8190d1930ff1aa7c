using System.Diagnostics.CodeAnalysis;
using Granary.Gateway.Access;
using Granary.Gateway.Configuration;
using Granary.Instana.Connections;
using Granary.Tenants;
using Granary.Tenants.Instana;

namespace Granary.Gateway.Invocation;

/// <summary>How a call gets from its tenant to an Instana backend.</summary>
internal sealed class InstanaAccess(ITenants tenants, TenantBackends backends, GatewayOptions options, TimeProvider time)
{
    /// <summary>Whether operations that change something are refused.</summary>
    public bool IsReadOnly => options.ReadOnly;

    /// <summary>How long a catalog stays as it is read.</summary>
    public TimeSpan CatalogLifetime => options.Instana.CacheEnabled ? options.Instana.CacheTtl : TimeSpan.Zero;

    /// <summary>The clock.</summary>
    public TimeProvider Time => time;

    /// <summary>Finds the connection that serves a call.</summary>
    /// <param name="call">The call; its headers may bring a connection.</param>
    /// <param name="unit">The alias of the unit that it names; null for none.</param>
    /// <param name="target">What is done there, for which the caller's rights are looked up.</param>
    /// <param name="instana">The connection, when there is no problem.</param>
    /// <param name="problem">What is missing or wrong, in a sentence without a secret.</param>
    public bool TryConnect(
        Call call, string? unit, in CallTarget target, [NotNullWhen(true)] out IInstana? instana, [NotNullWhen(false)] out string? problem)
    {
        var caller = call.IsHttp ? InstanaCaller.Http : InstanaCaller.Process;
        instana = ConnectionResolver.TryResolve(call.Header, backends.For(call.Tenant), caller, unit, out var connection, out problem)
            ? call.InstanaOf(tenants, connection, target)
            : null;
        return instana is not null;
    }
}
