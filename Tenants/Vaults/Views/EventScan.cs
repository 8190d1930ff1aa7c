using System.Runtime.CompilerServices;
using Granary.Vault.Storage;

namespace Granary.Tenants.Vaults.Views;

/// <summary>Walks over a vault's events, a page at a time.</summary>
internal static class EventScan
{
    private const int PageLines = 1024;
    private const int PageBytes = 1024 * 1024;

    /// <summary>Pages from <paramref name="from"/> up to <paramref name="end"/>.</summary>
    public static async IAsyncEnumerable<LogPage> PagesAsync(
        IVaultReader log, long from, long end, IProgress<WorkProgress>? progress, [EnumeratorCancellation] CancellationToken cancellation)
    {
        for (var at = from; at < end;)
        {
            var page = await log.ReadAsync(LogStream.Events, at, (int)Math.Min(PageLines, end - at), PageBytes, cancellation);
            if (page.Lines.Count == 0)
                yield break;
            yield return page;
            at = page.Next;
            progress?.Report(new WorkProgress(at, end));
        }
    }
}
