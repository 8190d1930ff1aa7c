namespace Granary.Bench.Load;

/// <summary>What one run of load gave. There is none with errors: those end the run.</summary>
/// <param name="Requests">Answered requests.</param>
/// <param name="Elapsed">From the first request to the last answer.</param>
/// <param name="CpuMicroseconds">What the server's process used meanwhile.</param>
/// <param name="Latencies">How long answers took, at saturation.</param>
internal sealed record LoadResult(long Requests, TimeSpan Elapsed, double CpuMicroseconds, LatencyHistogram Latencies)
{
    /// <summary>Requests a second.</summary>
    public double Rate => Requests / Elapsed.TotalSeconds;

    /// <summary>Server CPU a request, in microseconds.</summary>
    public double CpuPerRequest => CpuMicroseconds / Requests;
}
