namespace Granary.Vault.Storage;

/// <summary>
/// The place of one vault, whether it exists yet or not. Every method of this and of <see cref="IVaultLog"/> fails with
/// <see cref="VaultStorageException"/> only, or with the caller's cancellation before anything was written.
/// </summary>
public interface IVaultStore
{
    /// <summary>Makes the vault, durably and in one step: it exists whole or not at all.</summary>
    /// <exception cref="VaultStorageException"><see cref="VaultStorageFailure.AlreadyExists"/>, or the store refuses.</exception>
    Task CreateAsync(VaultBirth birth, CancellationToken cancellation);

    /// <summary>Opens the log for reading and appending; what an interrupted append left behind is repaired first.</summary>
    /// <exception cref="VaultStorageException">
    /// <see cref="VaultStorageFailure.NotFound"/>; <see cref="VaultStorageFailure.Locked"/> where a store allows one opener only.
    /// </exception>
    Task<IVaultLog> OpenAsync(CancellationToken cancellation);
}

/// <summary>What a vault is born with.</summary>
/// <param name="Format">Its format, for ever.</param>
/// <param name="Documents">Its documents.</param>
public sealed record VaultBirth(VaultFormat Format, IReadOnlyList<VaultDocument> Documents)
{
    /// <summary>Its first entries, at most 1024; without claims.</summary>
    public IReadOnlyList<LogEntry> Entries { get; init; } = [];

    /// <summary>What is kept beside it; see <see cref="IVaultLog.ReadBesideAsync"/>.</summary>
    public IReadOnlyList<VaultDocument> Beside { get; init; } = [];

    /// <summary>
    /// Names this birth where it may have to be repeated: a repeat that finds the vault it made before succeeds and changes nothing. A store that no
    /// other process can reach need not keep it.
    /// </summary>
    public string? Mark { get; init; }
}

/// <summary>A small file of a vault: its metadata, its keys.</summary>
/// <param name="Name">Its name with <c>/</c> between the parts, for example <c>keys/active.pem</c>.</param>
/// <param name="Content">Its bytes.</param>
/// <param name="Secret">True when nobody but the owner may read it.</param>
public sealed record VaultDocument(string Name, ReadOnlyMemory<byte> Content, bool Secret = false);
