using Granary.Vault.Psmc;
using Granary.Vault.Storage;

namespace Granary.Tenants.Vaults;

/// <summary>Every exception of the vault room in the words of the door.</summary>
internal static class VaultFailures
{
    public static TenantException Translate(Exception failure, VaultName vault) => failure switch
    {
        TenantException known => known,
        PsmcInputException input => new TenantException(TenantFailure.InvalidInput, input.Message, null, input),
        VaultStorageException { Failure: VaultStorageFailure.NotFound } =>
            new TenantException(TenantFailure.NotFound, $"There is no vault \"{vault}\"; create it with the tool init_vault.", null, failure),
        VaultStorageException { Failure: VaultStorageFailure.AlreadyExists } =>
            new TenantException(TenantFailure.AlreadyExists, $"The vault \"{vault}\" exists already; append to it, or choose another name.", null, failure),
        VaultStorageException stored => new TenantException(Kind(stored.Failure), stored.Message, null, stored),
        DllNotFoundException missing => new TenantException(TenantFailure.Unavailable, missing.Message, null, missing),
        _ => new TenantException(TenantFailure.Unavailable, "The vault met an unexpected failure; the gateway's log has the details.", null, failure),
    };

    private static TenantFailure Kind(VaultStorageFailure failure) => failure switch
    {
        VaultStorageFailure.Locked or VaultStorageFailure.Damaged => TenantFailure.Damaged,
        VaultStorageFailure.OutcomeUnknown => TenantFailure.OutcomeUnknown,
        _ => TenantFailure.StorageRefused,
    };
}
