namespace Granary.Tenants;

/// <summary>The vault in which a tenant's calls are recorded. Callers read it; only the gateway writes to it.</summary>
public static class AuditVault
{
    /// <summary>Its name, the same for every tenant.</summary>
    public static VaultName Name { get; } = VaultName.Parse("granary-audit");
}
