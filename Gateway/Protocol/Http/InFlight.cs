namespace Granary.Gateway.Protocol.Http;

/// <summary>
/// Counts work that outlives its HTTP request, so that a stopping gateway waits for it; Kestrel waits for the requests themselves.
/// </summary>
internal sealed class InFlight
{
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public async Task TrackAsync(Task work)
    {
        Interlocked.Increment(ref _count);
        try
        {
            await work;
        }
        finally
        {
            Interlocked.Decrement(ref _count);
        }
    }

    /// <summary>Waits until nothing is under way, or until <paramref name="stop"/>.</summary>
    public async Task DrainAsync(CancellationToken stop)
    {
        while (Count > 0 && !stop.IsCancellationRequested)
            await Task.Delay(20, CancellationToken.None);
    }
}
