using Granary.Vault.Backpack;
using Granary.Vault.Checkpoints;
using Granary.Vault.Keys;
using Granary.Vault.Psmc;
using Granary.Vault.Reducer;
using Granary.Vault.Storage;

namespace Granary.Tenants.Vaults.Views;

/// <summary>
/// What a vault's events say, reduced. Built when somebody first asks, from the state that is kept beside the vault where that fits the log, and kept
/// up with the log from then on, one asker after the other: an append knows nothing of it.
/// </summary>
internal sealed class StateView(IVaultLog log, Func<string, PublicKey?> find) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private LogReducer? _reducer;
    private IReadOnlyList<StorageFinding>? _findings;

    /// <summary>Looks at the state at the log's end. What <paramref name="look"/> returns must not hold on to it.</summary>
    public async Task<T> UseAsync<T>(Func<ReducerV0, T> look, IProgress<WorkProgress>? progress, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            var reducer = await ReducerAsync(cancellation);
            var total = log.Count(LogStream.Events);
            await reducer.CatchUpAsync(log, progress is null ? null : new StepProgress(progress, total), cancellation);
            return look(reducer.State);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose()
    {
        _reducer?.Dispose();
        _turn.Dispose();
    }

    private async Task<LogReducer> ReducerAsync(CancellationToken cancellation)
    {
        // A store that lost events may have others in their place.
        if (!ReferenceEquals(_findings, log.Findings))
        {
            _reducer?.Dispose();
            _reducer = null;
        }
        _findings = log.Findings;
        var view = log.Format.HasChain ? PsmcFormat.View : BackpackFormat.View;
        return _reducer ??= (await new StateResumer(log, log.ReadBesideAsync, log.Format.Entries, view, find).ResumeAsync(cancellation)).Reducer;
    }
}
