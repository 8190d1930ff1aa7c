namespace Granary.Vault.Storage;

/// <summary>
/// The place of one vault, whether it exists yet or not. Every method of this and of <see cref="IVaultLog"/> fails with
/// <see cref="VaultStorageException"/> only, or with the caller's cancellation before anything was written.
/// </summary>
public interface IVaultStore
{
    /// <summary>Makes the vault with its documents and an empty log, durably and in one step: it exists whole or not at all.</summary>
    /// <param name="documents">What it is born with.</param>
    /// <param name="cancellation">Ends the wait before anything was written.</param>
    /// <param name="birth">
    /// Names this birth where it may have to be repeated: a repeat that finds the vault it made before succeeds and changes nothing. A store that no
    /// other process can reach need not keep it.
    /// </param>
    /// <exception cref="VaultStorageException"><see cref="VaultStorageFailure.AlreadyExists"/>, or the store refuses.</exception>
    Task CreateAsync(IReadOnlyList<VaultDocument> documents, CancellationToken cancellation, string? birth = null);

    /// <summary>Opens the log for reading and appending; what an interrupted append left behind is repaired first.</summary>
    /// <exception cref="VaultStorageException">
    /// <see cref="VaultStorageFailure.NotFound"/>; <see cref="VaultStorageFailure.Locked"/> where a store allows one opener only.
    /// </exception>
    Task<IVaultLog> OpenAsync(CancellationToken cancellation);
}

/// <summary>A small file of a vault: its metadata, its keys.</summary>
/// <param name="Name">Its name with <c>/</c> between the parts, for example <c>keys/active.pem</c>.</param>
/// <param name="Content">Its bytes.</param>
/// <param name="Secret">True when nobody but the owner may read it.</param>
public sealed record VaultDocument(string Name, ReadOnlyMemory<byte> Content, bool Secret = false);
