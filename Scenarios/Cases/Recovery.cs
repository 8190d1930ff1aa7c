using System.Diagnostics;
using Granary.Scenarios.Load;
using Granary.Scenarios.Results;

namespace Granary.Scenarios.Cases;

/// <summary>When calls succeed again after something broke.</summary>
internal static class Recovery
{
    /// <summary>Requires that no call that began later than the limit after the break fails, and none before it.</summary>
    /// <param name="calls">All calls so far.</param>
    /// <param name="what">What broke, for findings.</param>
    /// <param name="broke">When.</param>
    /// <param name="limit">How long failures may go on.</param>
    /// <param name="findings">Takes what is wrong.</param>
    /// <returns>How many calls failed.</returns>
    public static int Check(Calls calls, string what, long broke, TimeSpan limit, Findings findings)
    {
        var failed = calls.Where(c => !c.Succeeded && c.Begin + (long)(c.Latency.TotalSeconds * Stopwatch.Frequency) >= broke);
        var late = failed.Where(c => Stopwatch.GetElapsedTime(broke, c.Begin) > limit);
        findings.Require(
            late.Records.Count == 0, $"{late.Records.Count} calls failed later than {limit.TotalSeconds:F0} s after {what} broke, first: {late.FirstFailure}");
        return failed.Records.Count;
    }

    /// <summary>Requires that no call took longer than the machine excuses.</summary>
    /// <param name="context">Knows what the machine excuses.</param>
    /// <param name="traffic">The load.</param>
    /// <param name="findings">Takes what is wrong.</param>
    /// <returns>What was seen.</returns>
    public static string RequireLongest(ScenarioContext context, Traffic traffic, Findings findings)
    {
        var (longest, usual, limit) = (traffic.Calls.Longest, traffic.Undisturbed.Longest, context.Limit(traffic));
        findings.Require(
            longest <= limit,
            $"a call took {longest.TotalSeconds:F1} s; the longest of an undisturbed run took {usual.TotalSeconds:F2} s and a start up to "
            + $"{context.Cluster.LongestStart.TotalSeconds:F1} s, so {limit.TotalSeconds:F1} s is the limit");
        return $"the longest call {longest.TotalMilliseconds:F0} ms, undisturbed {usual.TotalMilliseconds:F0} ms";
    }
}
