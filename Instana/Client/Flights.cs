using Granary.Instana.Http;

namespace Granary.Instana.Client;

/// <summary>
/// Equal reads under way are one request. Each caller waits as long as it wants to; the request is given up when the last one has left.
/// </summary>
internal sealed class Flights
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Flight> _flights = [];

    /// <summary>Joins the request of that key, or starts it.</summary>
    /// <param name="key">What makes requests equal.</param>
    /// <param name="start">Starts it; its cancellation is that of all who wait.</param>
    /// <param name="patience">How long this caller waits.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">Ends this caller's wait.</param>
    /// <returns>The reply, and whether this caller had started the request.</returns>
    /// <exception cref="TimeoutException">This caller has waited that long.</exception>
    public async Task<(InstanaReply Reply, bool Own)> RunAsync(
        string key, Func<CancellationToken, Task<InstanaReply>> start, TimeSpan patience, TimeProvider time, CancellationToken cancellation)
    {
        Flight flight;
        bool own;
        lock (_gate)
        {
            own = !_flights.TryGetValue(key, out var known);
            flight = known ?? (_flights[key] = new Flight());
            flight.Waiting++;
        }
        try
        {
            if (own)
                _ = FlyAsync(key, flight, start);
            return (await flight.Reply.Task.WaitAsync(patience, time, cancellation), own);
        }
        finally
        {
            CancellationTokenSource? unwanted = null;
            lock (_gate)
            {
                // One that has landed has nothing to give up.
                if (--flight.Waiting == 0 && !flight.Reply.Task.IsCompleted)
                {
                    Remove(key, flight);
                    unwanted = flight.Stop;
                }
            }
            if (unwanted is not null)
                await unwanted.CancelAsync();
        }
    }

    private async Task FlyAsync(string key, Flight flight, Func<CancellationToken, Task<InstanaReply>> start)
    {
        try
        {
            var reply = await start(flight.Stop.Token);
            // A finished read cannot be joined: the next read is a new one.
            Land(key, flight);
            flight.Reply.TrySetResult(reply);
        }
        catch (Exception e)
        {
            Land(key, flight);
            if (e is OperationCanceledException canceled)
                flight.Reply.TrySetCanceled(canceled.CancellationToken);
            else
                flight.Reply.TrySetException(e);
        }
    }

    private void Land(string key, Flight flight)
    {
        lock (_gate)
            Remove(key, flight);
    }

    private void Remove(string key, Flight flight)
    {
        if (_flights.TryGetValue(key, out var current) && ReferenceEquals(current, flight))
            _flights.Remove(key);
    }

    private sealed class Flight
    {
        public TaskCompletionSource<InstanaReply> Reply { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public CancellationTokenSource Stop { get; } = new();

        public int Waiting { get; set; }
    }
}
