namespace Granary.Tenants;

/// <summary>
/// What a vault's log is called as a C2SP log, <c>PREFIX/TENANT/VAULT</c>, the vault's name as one escaped part; and what a tenant's key under it is called,
/// <c>PREFIX/TENANT</c>. So nobody's log can be mistaken for another's, and a tenant's key has a name that no log has.
/// </summary>
public static class LogName
{
    /// <summary>A vault's log: its origin.</summary>
    public static string Of(string prefix, TenantId tenant, VaultName vault) => $"{prefix}/{tenant.Value}/{Escape(vault)}";

    /// <summary>A vault's name as one part of a path.</summary>
    public static string Escape(VaultName vault) => Uri.EscapeDataString(vault.Value);

    /// <summary>The name of the tenant's key in an origin; null where the origin is not that of this vault of this tenant.</summary>
    public static string? TenantPart(string origin, TenantId tenant, VaultName vault)
    {
        var end = Of("", tenant, vault);
        return origin.Length > end.Length && origin.EndsWith(end, StringComparison.Ordinal) ? origin[..^(Escape(vault).Length + 1)] : null;
    }
}
