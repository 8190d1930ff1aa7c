using System.Numerics;

namespace Granary.Bench.Load;

/// <summary>Latencies in buckets that are at most a thirty-second wide, from a microsecond up.</summary>
internal sealed class LatencyHistogram
{
    private const int SubBits = 5;
    private const int Sub = 1 << SubBits;

    private readonly long[] _buckets = new long[40 * Sub];

    /// <summary>Counts one.</summary>
    public void Add(TimeSpan latency) => _buckets[Bucket((long)latency.TotalMicroseconds)]++;

    /// <summary>Takes over the counts of another.</summary>
    public void Add(LatencyHistogram other)
    {
        for (var i = 0; i < _buckets.Length; i++)
            _buckets[i] += other._buckets[i];
    }

    /// <summary>The upper end of the quantile's bucket, in microseconds.</summary>
    public double Quantile(double quantile)
    {
        var rank = (long)Math.Ceiling(quantile * _buckets.Sum());
        for (var i = 0; i < _buckets.Length; i++)
        {
            rank -= _buckets[i];
            if (rank <= 0)
                return UpperEnd(i);
        }
        return double.NaN;
    }

    private static int Bucket(long microseconds)
    {
        if (microseconds < Sub)
            return (int)Math.Max(0, microseconds);
        var power = BitOperations.Log2((ulong)microseconds);
        return Math.Min(39 * Sub, (power - SubBits + 1) * Sub) + (int)((microseconds >> (power - SubBits)) & (Sub - 1));
    }

    private static double UpperEnd(int bucket) => bucket < Sub ? bucket + 1 : (double)(Sub + (bucket % Sub) + 1) * (1L << ((bucket / Sub) - 1));
}
