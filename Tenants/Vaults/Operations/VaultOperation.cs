namespace Granary.Tenants.Vaults.Operations;

/// <summary>One operation. It has no state: what it works on comes with the call.</summary>
internal abstract class VaultOperation(string name)
{
    /// <summary>What the door knows it by.</summary>
    public string Name { get; } = name;

    /// <summary>Whether it changes the vault, and so must be safe to repeat with its key.</summary>
    public virtual bool Writes => false;

    /// <summary>The one right that it takes.</summary>
    public virtual AccessRights Needs => Writes ? AccessRights.Write : AccessRights.Read;

    /// <summary>Carries it out.</summary>
    /// <exception cref="TenantException">An argument is missing or cannot be used, among others.</exception>
    public abstract Task<VaultResult> RunAsync(VaultOperationContext context);
}
