using Granary.Tenants;

namespace Granary.Gateway.Access;

/// <summary>Authentication is disabled: every caller is the tenant <c>default</c>. For a laptop, on loopback.</summary>
internal sealed class NoAccess : IAccess
{
    /// <summary>The caller that stdio and unauthenticated HTTP share.</summary>
    public static Principal Anyone { get; } = new(TenantId.Default, "anyone", new HashSet<string> { Scopes.All });

    public ValueTask<AccessDecision> AuthenticateAsync(HttpContext context) => new(AccessDecision.Allow(Anyone));
}
