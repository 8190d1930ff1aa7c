namespace Granary.Vault.Storage;

/// <summary>What is said where a vault that was opened without its private key is to sign.</summary>
internal static class MissingKey
{
    public static VaultStorageException Of(string file) =>
        new(VaultStorageFailure.Refused, $"{file} is missing: without it the vault can be read, and takes no events and signs nothing.");
}
