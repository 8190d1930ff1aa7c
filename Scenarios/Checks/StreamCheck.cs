using System.Diagnostics;
using Granary.Scenarios.Clients;

namespace Granary.Scenarios.Checks;

/// <summary>Compares what was appended with what a stream told.</summary>
internal static class StreamCheck
{
    /// <summary>
    /// Every acknowledged append during which the stream listened, and for a while after, and which no notification followed. One may stand for
    /// several appends.
    /// </summary>
    public static IEnumerable<string> Missed(string vault, IReadOnlyList<StreamSpan> spans, IEnumerable<Attempt> attempts, TimeSpan limit)
    {
        var wait = (long)(limit.TotalSeconds * Stopwatch.Frequency);
        foreach (var attempt in attempts.Where(a => a.Receipts.Count > 0))
        {
            var span = spans.FirstOrDefault(s => s.OpenedAt <= attempt.Begin && s.EndedAt >= attempt.End + wait);
            if (span is not null && !span.Notifications.Exists(n => n >= attempt.Begin && n <= attempt.End + wait))
                yield return $"{vault}: no notification within {limit.TotalSeconds:F0} s of event {attempt.Marker}";
        }
    }
}
