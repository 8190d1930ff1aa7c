using Granary.Scenarios.Clients;

namespace Granary.Scenarios.Load;

/// <summary>What came of a number of calls.</summary>
internal sealed class Calls(IReadOnlyList<CallRecord> records)
{
    /// <summary>All of them.</summary>
    public IReadOnlyList<CallRecord> Records => records;

    /// <summary>Those that failed.</summary>
    public IReadOnlyList<CallRecord> Failed { get; } = [.. records.Where(r => !r.Succeeded)];

    /// <summary>How the first one ended.</summary>
    public Answer? First => records.Count == 0 ? null : records[0].Answer;

    /// <summary>The first failure's words.</summary>
    public string FirstFailure => Failed.Count == 0 ? "" : $"{Failed[0].Operation} of {Failed[0].Tenant}: {Failed[0].Answer}";

    /// <summary>The longest.</summary>
    public TimeSpan Longest => records.Count == 0 ? TimeSpan.Zero : records.Max(r => r.Latency);

    /// <summary>Those that began in a stretch of time.</summary>
    public Calls Between(long begin, long end) => new([.. records.Where(r => r.Begin >= begin && r.Begin < end)]);

    /// <summary>Those that a condition holds for.</summary>
    public Calls Where(Func<CallRecord, bool> condition) => new([.. records.Where(condition)]);

    /// <summary>The latency below which a share of the calls ended.</summary>
    public TimeSpan Quantile(double quantile)
    {
        var sorted = records.Select(r => r.Latency).Order().ToList();
        return sorted.Count == 0 ? TimeSpan.Zero : sorted[(int)Math.Ceiling(quantile * sorted.Count) - 1];
    }

    /// <summary>In a few words.</summary>
    public override string ToString() =>
        $"{records.Count} calls, {Failed.Count} failed, p50 {Quantile(0.5).TotalMilliseconds:F0} ms, p99 {Quantile(0.99).TotalMilliseconds:F0} ms";
}
