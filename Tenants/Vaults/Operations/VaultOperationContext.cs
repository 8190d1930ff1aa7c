using Granary.Tenants.Vaults.Anchoring;
using Granary.Tenants.Vaults.Formats;
using Granary.Tenants.Vaults.Signing;
using Granary.Vault.Proofs;
using Granary.Vault.Storage;

namespace Granary.Tenants.Vaults.Operations;

/// <summary>One call of an operation.</summary>
/// <param name="Name">The vault's name.</param>
/// <param name="Vault">The vault, whose head was looked at with this call.</param>
/// <param name="Call">The call.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="Door">What an operation may ask of the activation.</param>
/// <param name="Progress">Where long work says how far it is.</param>
/// <param name="Cancellation">The caller's.</param>
internal sealed record VaultOperationContext(
    VaultName Name,
    VaultWriter Vault,
    VaultCall Call,
    OperationArguments Arguments,
    IOperationDoor Door,
    IProgress<WorkProgress>? Progress,
    CancellationToken Cancellation)
{
    public IVaultLog Log => Vault.Log;

    public TimeProvider Time => Door.Time;

    /// <summary>The vault as a Backpack.</summary>
    /// <exception cref="TenantException">It has the other format.</exception>
    public BackpackWriter Backpack(string operation) => Vault as BackpackWriter
        ?? throw new TenantException(
            TenantFailure.InvalidInput, $"{operation} is for vaults of the format backpack; \"{Name}\" has the format {Log.Format.Name}.");

    /// <summary>The vault as a PSMC one.</summary>
    /// <exception cref="TenantException">It has the other format.</exception>
    public PsmcWriter Psmc(string operation) => Vault as PsmcWriter
        ?? throw new TenantException(TenantFailure.InvalidInput, $"{operation} is for vaults of the format psmc; \"{Name}\" has the format {Log.Format.Name}.");

    /// <summary>Refuses what would destroy an event of a vault that is held.</summary>
    /// <exception cref="TenantException">It is held.</exception>
    public void RefuseIfHeld()
    {
        if (Door.IsHeld)
        {
            throw new TenantException(
                TenantFailure.InvalidInput, $"The vault \"{Name}\" is under a legal hold, so nothing in it is redacted or shredded: have the operator lift it (GRANARY_LEGAL_HOLD). Nothing was changed.");
        }
    }

    /// <summary>The first event of this id; null where there is none.</summary>
    public Task<(long Position, ReadOnlyMemory<byte> Line)?> FindEventAsync(string id) => Vault.Events.FindAsync(id, Progress, Cancellation);

    /// <summary>A signed head of the log as it is now.</summary>
    public Task<SignedHead> SignedHeadAsync() => Vault.RefreshHeadAsync(Name, Time, Cancellation);
}

/// <summary>What operations may ask of the activation they run in.</summary>
internal interface IOperationDoor
{
    /// <summary>The clock.</summary>
    TimeProvider Time { get; }

    /// <summary>Who stamps the heads of vaults; null for nobody.</summary>
    AnchorPlan? Anchors { get; }

    /// <summary>Whether the operator holds the vault: nothing in it is redacted or shredded.</summary>
    bool IsHeld { get; }

    /// <summary>Signs for the vault's tenant; null where nobody does.</summary>
    TenantSigner? Tenant { get; }

    /// <summary>Appends as <see cref="IVault.AppendAsync"/> does.</summary>
    Task<AppendReceipt> AppendAsync(AppendEvent append, CancellationToken cancellation);

    /// <summary>Works between two commits, on a vault that is caught up with its log.</summary>
    Task<T> BetweenCommitsAsync<T>(Func<VaultWriter, Task<T>> work);

    /// <summary>Events were appended by such work.</summary>
    void Appended(long from, int count);
}
