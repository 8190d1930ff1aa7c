using Granary.Tenants.Vaults.Formats;
using Granary.Vault.Storage;

namespace Granary.Tenants.Vaults;

/// <summary>Documents that follow from the log: written again once nothing was appended for a while, and at the end. No append waits for one.</summary>
public sealed partial class VaultActivation
{
    private volatile bool _behind;

    private async Task BecomeQuietAsync()
    {
        _queue.Post(WriteDerivedAsync);
        if (_vault is { } vault)
            await SealAsync(vault);
    }

    private async Task WriteDerivedAsync()
    {
        if (_vault is { } vault)
            await QuietlyAsync(vault.WriteDerivedAsync);
    }

    /// <summary>Signs the head of the log, and what vouches for the vault's files.</summary>
    private Task SealAsync(VaultWriter vault) => QuietlyAsync(async () =>
    {
        if (!_behind)
            return;
        _behind = false;
        try
        {
            await vault.SealAsync(_time, CancellationToken.None);
            await vault.RefreshHeadAsync(_name, _time, CancellationToken.None);
        }
        catch
        {
            _behind = true;
            throw;
        }
    });

    /// <summary>All of it can be made again: a failure is for the log, and for the next time.</summary>
    private async Task QuietlyAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception failure) when (failure is VaultStorageException or ObjectDisposedException)
        {
            LogBehind(failure, _name.Value);
        }
    }

    [Microsoft.Extensions.Logging.LoggerMessage(
        3, Microsoft.Extensions.Logging.LogLevel.Warning, "Documents of vault {Vault} that follow from its log could not be written")]
    private partial void LogBehind(Exception failure, string vault);
}
