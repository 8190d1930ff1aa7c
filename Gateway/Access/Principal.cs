using Granary.Tenants;

namespace Granary.Gateway.Access;

/// <summary>Who calls, and for which tenant.</summary>
/// <param name="Tenant">The one tenant this caller reaches.</param>
/// <param name="Name">A name for logs and for binding sessions; not a secret.</param>
/// <param name="Scopes">What the caller may do; see <see cref="Access.Scopes"/>.</param>
public sealed record Principal(TenantId Tenant, string Name, IReadOnlySet<string> Scopes)
{
    /// <summary>Cancelled when the caller's credential is no longer valid: streams and running calls end.</summary>
    public CancellationToken Revoked { get; init; }

    /// <summary>What the scopes grant, read once.</summary>
    internal Grants Grants { get; } = new(Scopes);
}
