using Granary.Tenants.Vaults.Formats;
using Granary.Vault.Storage;

namespace Granary.Tenants.Vaults;

public sealed partial class VaultActivation
{
    /// <summary>Finishes what waits, writes what is derived and closes the vault.</summary>
    public async ValueTask DisposeAsync()
    {
        await _queue.CloseAsync();
        await _quiet.DisposeAsync();
        await _opening.WaitAsync();
        try
        {
            if (_closed)
                return;
            _closed = true;
            await WriteDerivedAsync();
            if (_vault is { } vault)
                await SealAsync(vault);
            await CloseVaultAsync();
        }
        finally
        {
            // Released, not disposed: a read that began before may still want to know that the vault is closed.
            _opening.Release();
        }
    }

    private async Task CreateOnceAsync(VaultBirth birth, CancellationToken cancellation)
    {
        // Not beside each other and not beside an opening: both take the store's lock, and the loser would blame another program.
        await _opening.WaitAsync(cancellation);
        try
        {
            await _store.CreateAsync(birth, cancellation);
        }
        finally
        {
            _opening.Release();
        }
    }

    private async Task<VaultWriter> OpenedAsync(CancellationToken cancellation)
    {
        if (_vault is { } open)
            return open;
        await _opening.WaitAsync(cancellation);
        try
        {
            if (_vault is { } opened)
                return opened;
            if (_closed)
                throw new TenantException(TenantFailure.Unavailable, "This process is stopping; try again.", TimeSpan.FromSeconds(1));
            var vault = await VaultFactory.OpenAsync(_store, cancellation);
            foreach (var repair in vault.Log.Repairs)
                LogRepair(_name.Value, repair.Rule, repair.Reason);
            IsVoid = false;
            _vault = vault;
            return vault;
        }
        catch (VaultStorageException failure) when (failure.Failure == VaultStorageFailure.NotFound)
        {
            IsVoid = true;
            throw;
        }
        finally
        {
            _opening.Release();
        }
    }

    /// <summary>The vault, for commits; opened again where its store lost events, or where keys that were missing have come.</summary>
    private async Task<VaultWriter> WritableAsync()
    {
        if (_vault is { } known && (known.IsStale || await known.KeysHaveComeAsync()))
            await ReopenAsync();
        var vault = await OpenedAsync(CancellationToken.None);
        // A vault without its keys is read; this says which file is missing.
        _ = vault.Signer;
        return vault;
    }

    /// <summary>Nothing is believed of a log whose last append failed half-way: the next call reads it again.</summary>
    private async Task ReopenAfterAsync(Exception failure)
    {
        if (!VaultFailures.IsUnexpected(failure) && VaultFailures.Translate(failure, _name).Failure != TenantFailure.OutcomeUnknown)
            return;
        await ReopenAsync();
    }

    private async Task ReopenAsync()
    {
        await _opening.WaitAsync();
        try
        {
            await CloseVaultAsync();
        }
        finally
        {
            _opening.Release();
        }
    }

    private async Task CloseVaultAsync()
    {
        var vault = _vault;
        _vault = null;
        if (vault is not null)
            await vault.DisposeAsync();
    }
}
