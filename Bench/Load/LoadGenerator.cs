using System.Diagnostics;
using System.Net;
using Granary.Bench.Processes;

namespace Granary.Bench.Load;

/// <summary>Closed-loop load on one server over a number of keep-alive connections.</summary>
internal sealed class LoadGenerator(ServerProcess server)
{
    /// <summary>Runs load; connection i uses template i modulo their number.</summary>
    /// <param name="templates">The requests.</param>
    /// <param name="connections">How many connections, each with one request in flight.</param>
    /// <param name="budget">Made when all connections are open.</param>
    /// <param name="echoesId">Whether the answer must carry the request's id; the floor's cannot.</param>
    /// <param name="cancellation">Ends the run.</param>
    public async Task<LoadResult> RunAsync(
        IReadOnlyList<RequestTemplate> templates, int connections, Func<LoadBudget> budget, bool echoesId, CancellationToken cancellation)
    {
        IPEndPoint endPoint = server.EndPoint;
        var all = Enumerable.Range(0, connections).Select(i => new LoadConnection(endPoint, templates[i % templates.Count], echoesId)).ToArray();
        try
        {
            foreach (var connection in all)
                await connection.OpenAsync(cancellation);
            var limit = budget();
            var cpu = ProcStat.CpuMicroseconds(server.Pid);
            var begin = Stopwatch.GetTimestamp();
            await Task.WhenAll(all.Select(c => Task.Run(() => c.RunAsync(limit, cancellation), cancellation)));
            var elapsed = Stopwatch.GetElapsedTime(begin);
            cpu = ProcStat.CpuMicroseconds(server.Pid) - cpu;
            var latencies = new LatencyHistogram();
            foreach (var connection in all)
                latencies.Add(connection.Latencies);
            return new LoadResult(all.Sum(c => c.Requests), elapsed, cpu, latencies);
        }
        finally
        {
            foreach (var connection in all)
                connection.Dispose();
        }
    }
}
