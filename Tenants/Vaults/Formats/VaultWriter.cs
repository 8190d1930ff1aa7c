using Granary.Vault.Keys;
using Granary.Vault.Storage;

namespace Granary.Tenants.Vaults.Formats;

/// <summary>
/// An open vault as its format writes it: what an activation knows of formats. <see cref="Prepare"/> and <see cref="Describe"/> may be called at any
/// time; all else by the one who commits, never beside itself.
/// </summary>
internal abstract class VaultWriter(IVaultLog log) : IAsyncDisposable
{
    /// <summary>The log.</summary>
    public IVaultLog Log { get; } = log;

    /// <summary>The key that signs for the vault.</summary>
    public abstract SigningKey Signer { get; }

    /// <summary>What is known of the vault without reading its log.</summary>
    public abstract VaultDescription Describe(VaultName name);

    /// <summary>Checks an event.</summary>
    /// <exception cref="TenantException">It cannot be appended to a vault of this format.</exception>
    public abstract PreparedAppend Prepare(AppendEvent append);

    /// <summary>True when what is known of the vault does not follow from its log any more: it has to be opened again.</summary>
    public virtual bool IsStale => false;

    /// <summary>Brings what building depends on up to the log's end.</summary>
    public virtual Task CatchUpAsync() => Task.CompletedTask;

    /// <summary>Readies what building these needs.</summary>
    public abstract Task PrepareBatchAsync(IReadOnlyList<PreparedAppend> batch);

    /// <summary>Builds the entry that follows <paramref name="head"/>. It may follow others that were built and not appended yet.</summary>
    public abstract BuiltAppend Build(PreparedAppend prepared, LogHead head, DateTimeOffset time);

    /// <summary>What was built is in the log.</summary>
    /// <returns>True when documents that follow from the log have fallen behind it.</returns>
    public abstract bool Committed(IReadOnlyList<PreparedAppend> batch);

    /// <summary>What was built is not in the log, or that is not known.</summary>
    public abstract void Forget();

    /// <summary>Writes the documents that follow from the log, as far as they have fallen behind it.</summary>
    public abstract Task WriteDerivedAsync();

    /// <summary>Makes the documents anew that vouch for the vault's files, where the format has any. Not beside an operation, but beside commits.</summary>
    public virtual Task WriteSealPointAsync(TimeProvider time, CancellationToken cancellation) => Task.CompletedTask;

    /// <summary>Closes the log and forgets the keys.</summary>
    public abstract ValueTask DisposeAsync();
}
