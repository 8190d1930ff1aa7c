using Granary.Tenants.Vaults.Formats;
using Granary.Vault.Storage;

namespace Granary.Tenants.Vaults.Operations;

/// <summary>One call of an operation.</summary>
/// <param name="Name">The vault's name.</param>
/// <param name="Vault">The vault, whose head was looked at with this call.</param>
/// <param name="Arguments">The call's arguments.</param>
/// <param name="Progress">Where long work says how far it is.</param>
/// <param name="Cancellation">The caller's.</param>
internal sealed record OperationContext(
    VaultName Name, VaultWriter Vault, OperationArguments Arguments, IProgress<WorkProgress>? Progress, CancellationToken Cancellation)
{
    public IVaultLog Log => Vault.Log;
}
