using Granary.Tenants.Vaults.Views;
using Granary.Vault.Storage;
using Microsoft.Data.Sqlite;

namespace Granary.Tenants.Vaults.Search;

/// <summary>
/// The words of a vault's events. Built when somebody first searches, and kept up with the log from then on, one searcher after the other: an append
/// knows nothing of it. What is redacted leaves it with the next search, before that one looks.
/// </summary>
internal sealed class SearchView(IVaultLog log, EventIndex events) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private IReadOnlyList<StorageFinding>? _findings;
    private SearchIndex? _index;

    /// <summary>What matches among the first events, ranked; see <see cref="SearchIndex.MostRanked"/>.</summary>
    /// <param name="query">What is looked for.</param>
    /// <param name="filter">Among which events.</param>
    /// <param name="end">How many events count; null for all there are.</param>
    /// <param name="progress">Is told of the index while it is built.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>The matches, and among how many events they were found.</returns>
    /// <exception cref="TenantException">The index cannot be kept.</exception>
    public async Task<(IReadOnlyList<SearchMatch> Matches, long End)> FindAsync(
        SearchQuery query, SearchFilter filter, long? end, IProgress<WorkProgress>? progress, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            var index = await CatchUpAsync(progress, cancellation);
            var known = Math.Min(end ?? index.Count, index.Count);
            return (await Task.Run(() => index.Find(query, filter, known, cancellation), cancellation), known);
        }
        catch (SqliteException failure)
        {
            Forget();
            throw new TenantException(
                TenantFailure.Unavailable, $"The search index could not be kept ({failure.Message}); it is made anew from the log. Try again.", null, failure);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose()
    {
        Forget();
        _turn.Dispose();
    }

    private void Forget()
    {
        _index?.Dispose();
        _index = null;
    }

    /// <summary>In steps: take what the log has more, then forget what those events took away from earlier ones.</summary>
    private async Task<SearchIndex> CatchUpAsync(IProgress<WorkProgress>? progress, CancellationToken cancellation)
    {
        var end = log.Count(LogStream.Events);
        // A store that lost events may have others in their place.
        if (!ReferenceEquals(_findings, log.Findings) || _index?.Count > end)
            Forget();
        _findings = log.Findings;
        var index = _index ??= new SearchIndex();
        try
        {
            // A caller that gives up does so between two pages: what is in stays for the next one.
            await foreach (var page in EventScan.PagesAsync(log, index.Count, end, progress, cancellation))
            {
                foreach (var id in await Task.Run(() => index.Add(page), CancellationToken.None))
                {
                    if (await events.FindAsync(id, null, CancellationToken.None) is { } redacted)
                        index.Remove(redacted.Position);
                }
            }
            return index;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // A page that is half in, or a redaction that was not followed, must not be searched.
            Forget();
            throw;
        }
    }
}
