using System.Diagnostics;
using Granary.Bench.Processes;

namespace Granary.Bench.Load;

/// <summary>Load on one server or several over a number of keep-alive connections, in a closed loop or at a fixed rate.</summary>
internal sealed class LoadGenerator(params IReadOnlyList<ServerProcess> servers)
{
    /// <summary>Runs load; connection i uses server and template i modulo their number.</summary>
    /// <param name="templates">The requests.</param>
    /// <param name="connections">How many connections, each with one request in flight.</param>
    /// <param name="budget">Made when all connections are open.</param>
    /// <param name="echoesId">Whether the answer must carry the request's id; the floor's cannot.</param>
    /// <param name="cancellation">Ends the run.</param>
    public Task<LoadResult> RunAsync(
        IReadOnlyList<RequestTemplate> templates,
        int connections,
        Func<LoadBudget> budget,
        bool echoesId,
        CancellationToken cancellation) =>
        RunAsync(templates, connections, echoesId, () =>
        {
            var limit = budget();
            return connection => connection.RunAsync(limit, cancellation);
        }, cancellation);

    /// <summary>Runs load at a fixed rate, over whichever connection is free.</summary>
    /// <param name="template">The request.</param>
    /// <param name="connections">How many requests can be in flight; one that is due beyond them waits, and its latency says so.</param>
    /// <param name="rate">Requests a second.</param>
    /// <param name="duration">How long.</param>
    /// <param name="cancellation">Ends the run.</param>
    public Task<LoadResult> RunAtRateAsync(RequestTemplate template, int connections, double rate, TimeSpan duration, CancellationToken cancellation) =>
        RunAsync([template], connections, echoesId: true, () =>
        {
            var turns = Pacer.Start(rate, duration);
            return connection => connection.RunAsync(turns, cancellation);
        }, cancellation);

    private async Task<LoadResult> RunAsync(
        IReadOnlyList<RequestTemplate> templates,
        int connections,
        bool echoesId,
        Func<Func<LoadConnection, Task>> start,
        CancellationToken cancellation)
    {
        var all = Enumerable.Range(0, connections)
            .Select(i => new LoadConnection(servers[i % servers.Count].EndPoint, templates[i % templates.Count], echoesId)).ToArray();
        try
        {
            foreach (var connection in all)
                await connection.OpenAsync(cancellation);
            var run = start();
            var cpu = new CpuMeter([.. servers.Select(server => server.Pid)]);
            var begin = Stopwatch.GetTimestamp();
            await Task.WhenAll(all.Select(connection => Task.Run(() => run(connection), cancellation)));
            var elapsed = Stopwatch.GetElapsedTime(begin);
            var used = cpu.Read().Sum();
            var latencies = new LatencyHistogram();
            foreach (var connection in all)
                latencies.Add(connection.Latencies);
            return new LoadResult(all.Sum(c => c.Requests), elapsed, used, latencies);
        }
        finally
        {
            foreach (var connection in all)
                connection.Dispose();
        }
    }
}
