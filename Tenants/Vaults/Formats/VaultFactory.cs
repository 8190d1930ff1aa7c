using Granary.Vault;
using Granary.Vault.Backpack;
using Granary.Vault.Psmc;
using Granary.Vault.Storage;

namespace Granary.Tenants.Vaults.Formats;

/// <summary>Where a vault's format is chosen, and where it is found again.</summary>
internal static class VaultFactory
{
    /// <exception cref="TenantException">The creation cannot be carried out as it is.</exception>
    public static VaultBirth New(VaultCreation creation, TimeProvider time)
    {
        var birth = creation.Format switch
        {
            PsmcFormat.Name => NewPsmc(creation, time),
            BackpackFormat.Name => BackpackIdentity.NewBirth(creation, time),
            _ => throw Wrong($"format must be \"{PsmcFormat.Name}\" or \"{BackpackFormat.Name}\"."),
        };
        return birth with { Mark = creation.RetryKey };
    }

    /// <exception cref="VaultStorageException">The store's reasons, or what is stored is not whole.</exception>
    public static async Task<VaultWriter> OpenAsync(IVaultStore store, CancellationToken cancellation)
    {
        var log = await store.OpenAsync(cancellation);
        return log.Format == VaultFormats.Backpack ? await BackpackWriter.OpenAsync(log, cancellation) : await PsmcWriter.OpenAsync(log, cancellation);
    }

    private static VaultBirth NewPsmc(VaultCreation creation, TimeProvider time) => creation is { Actor: null, Uid: null, Quorum: false }
        ? PsmcWriter.NewBirth(time.GetUtcNow())
        : throw Wrong($"actor, uid and quorum are for vaults of the format {BackpackFormat.Name}; leave them out, or choose that format.");

    private static TenantException Wrong(string sentence) => new(TenantFailure.InvalidInput, sentence);
}
