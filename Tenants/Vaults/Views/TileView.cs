using Granary.Vault.Storage;
using Granary.Vault.Transparency;

namespace Granary.Tenants.Vaults.Views;

/// <summary>The tiles of a vault's event tree, for one reader at a time.</summary>
internal sealed class TileView(IVaultLog log) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private IReadOnlyList<StorageFinding>? _findings;
    private TreeTiles? _tiles;

    /// <summary>The tile's bytes; null where the log does not have it.</summary>
    public async Task<byte[]?> ReadAsync(TileAddress address, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            // A store that lost events may have others in their place.
            if (!ReferenceEquals(_findings, log.Findings))
                _tiles = null;
            _tiles ??= new TreeTiles(log, log.Format.Entries);
            _findings = log.Findings;
            return await _tiles.ReadAsync(address, cancellation);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();
}
