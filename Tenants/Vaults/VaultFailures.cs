using System.Security.Cryptography;
using Granary.Vault.Backpack.Events;
using Granary.Vault.Proofs;
using Granary.Vault.Psmc.Events;
using Granary.Vault.Storage;

namespace Granary.Tenants.Vaults;

/// <summary>Every exception of the vault room in the words of the door.</summary>
internal static class VaultFailures
{
    public static TenantException Translate(Exception failure, VaultName vault) => failure switch
    {
        TenantException known => known,
        BackpackInputException input => new TenantException(TenantFailure.InvalidInput, input.Message, null, input),
        ProofInputException input => new TenantException(TenantFailure.InvalidInput, input.Message, null, input),
        PsmcInputException input => new TenantException(TenantFailure.InvalidInput, input.Message, null, input),
        VaultStorageException { Failure: VaultStorageFailure.NotFound } =>
            new TenantException(TenantFailure.NotFound, $"There is no vault \"{vault}\"; create it with the tool init_vault.", null, failure),
        VaultStorageException { Failure: VaultStorageFailure.AlreadyExists } =>
            new TenantException(TenantFailure.AlreadyExists, $"The vault \"{vault}\" exists already; append to it, or choose another name.", null, failure),
        VaultStorageException { Failure: VaultStorageFailure.Unavailable } unreachable =>
            new TenantException(TenantFailure.Unavailable, unreachable.Message, TimeSpan.FromSeconds(1), unreachable),
        VaultStorageException stored => new TenantException(Kind(stored.Failure), stored.Message, null, stored),
        CryptographicException broken =>
            new TenantException(TenantFailure.Damaged, $"What is encrypted in the vault cannot be read: {broken.Message}", null, broken),
        DllNotFoundException missing => new TenantException(TenantFailure.Unavailable, missing.Message, null, missing),
        _ => new TenantException(TenantFailure.Unavailable, "The vault met an unexpected failure; the server's log has the details.", null, failure),
    };

    /// <summary>Whether it is unexpected, so that the log should have all of it.</summary>
    public static bool IsUnexpected(Exception failure) =>
        failure is not (TenantException or PsmcInputException or BackpackInputException or ProofInputException
            or VaultStorageException or OperationCanceledException);

    private static TenantFailure Kind(VaultStorageFailure failure) => failure switch
    {
        VaultStorageFailure.Locked or VaultStorageFailure.Damaged => TenantFailure.Damaged,
        VaultStorageFailure.OutcomeUnknown => TenantFailure.OutcomeUnknown,
        _ => TenantFailure.StorageRefused,
    };
}
