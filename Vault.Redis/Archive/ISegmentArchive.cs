using Granary.Vault.Storage;

namespace Granary.Vault.Redis.Archive;

/// <summary>
/// Where full segments lie that have left Redis. An object is written once, under a name that holds the SHA-256 of its bytes, and never changes: it may be
/// written again, with the same bytes. All failures are <see cref="VaultStorageException"/>s, without a path or an address of the machine.
/// </summary>
public interface ISegmentArchive
{
    /// <summary>Keeps an object; it is durable when this completes.</summary>
    /// <param name="name">Its name: parts of letters, digits and <c>- _ . %</c> with <c>/</c> between them.</param>
    /// <param name="content">Its bytes.</param>
    /// <param name="cancellation">Ends the wait; the object may be there or not.</param>
    Task PutAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellation);

    /// <summary>An object's bytes as they are there now; null where there is none. The caller compares them with the hash in the name.</summary>
    Task<ReadOnlyMemory<byte>?> GetAsync(string name, CancellationToken cancellation);

    /// <summary>Deletes an object; one that is not there is deleted already.</summary>
    /// <exception cref="VaultStorageException"><see cref="VaultStorageFailure.Refused"/>: the archive must keep it, under a legal hold for example.</exception>
    Task DeleteAsync(string name, CancellationToken cancellation);
}
