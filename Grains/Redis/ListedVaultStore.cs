using Granary.Vault.Storage;

namespace Granary.Grains.Redis;

/// <summary>
/// A vault's place that keeps the vault in its tenant's list: it is there before the vault is, so that no vault is missing, and once more when the
/// vault is first opened, for vaults that were made before there was a list.
/// </summary>
/// <param name="store">The place.</param>
/// <param name="list">Adds the vault to the list.</param>
/// <param name="unlisted">Told why an opened vault could not be added; it is used all the same.</param>
internal sealed class ListedVaultStore(IVaultStore store, Func<CancellationToken, Task> list, Action<VaultStorageException> unlisted) : IVaultStore
{
    private volatile bool _isListed;

    public async Task CreateAsync(VaultBirth birth, CancellationToken cancellation)
    {
        await list(cancellation);
        _isListed = true;
        await store.CreateAsync(birth, cancellation);
    }

    public async Task<IVaultLog> OpenAsync(CancellationToken cancellation)
    {
        var log = await store.OpenAsync(cancellation);
        if (!_isListed)
            await ListQuietlyAsync();
        return log;
    }

    /// <summary>A store that is full, or a node that is away, takes no vault from its readers.</summary>
    private async Task ListQuietlyAsync()
    {
        try
        {
            await list(CancellationToken.None);
            _isListed = true;
        }
        catch (VaultStorageException failure)
        {
            unlisted(failure);
        }
    }
}
