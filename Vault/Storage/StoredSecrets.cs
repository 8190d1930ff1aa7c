using Granary.Vault.Keys;

namespace Granary.Vault.Storage;

/// <summary>Secrets that a store keeps wrapped.</summary>
internal static class StoredSecrets
{
    /// <summary>Opens a stored secret. Clear the result after use.</summary>
    /// <exception cref="VaultStorageException">
    /// <see cref="VaultStorageFailure.Refused"/>: it was wrapped with a key that the ring does not hold.
    /// <see cref="VaultStorageFailure.Damaged"/>: it was changed, or belongs somewhere else.
    /// </exception>
    public static byte[] UnwrapStored(this KeyRing keys, ReadOnlySpan<byte> wrapped, string purpose)
    {
        try
        {
            return keys.Unwrap(wrapped, purpose);
        }
        catch (KeyRingException failure)
        {
            throw new VaultStorageException(failure.IsUnknownKey ? VaultStorageFailure.Refused : VaultStorageFailure.Damaged, failure.Message, failure);
        }
    }
}
