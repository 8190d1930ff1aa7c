using System.Runtime.CompilerServices;

namespace Granary.Vault.Storage;

/// <summary>
/// Reads a log page by page, works on the pages on all cores, and hands the results out in the log's order. Memory does not grow with the log.
/// </summary>
internal static class EntryPipeline
{
    /// <summary>Works on the entries from <paramref name="from"/> to before <paramref name="to"/>; ends earlier where the log does.</summary>
    public static async IAsyncEnumerable<T> RunAsync<T>(
        IVaultReader reader, long from, long to, Func<EntryPage, T> work, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var underWay = new Queue<Task<T>>();
        try
        {
            while (true)
            {
                while (from < to && underWay.Count <= Environment.ProcessorCount)
                {
                    var page = await EntryPage.ReadAsync(reader, from, to, cancellation);
                    if (page.Count == 0)
                        to = from;
                    else
                        underWay.Enqueue(Task.Run(() => work(page), cancellation));
                    from += page.Count;
                }
                if (!underWay.TryDequeue(out var next))
                    yield break;
                yield return await next;
            }
        }
        finally
        {
            // A consumer that stops early may free what the work uses.
            await ((Task)Task.WhenAll(underWay)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
