using Granary.Vault.Canonical;
using Granary.Vault.Psmc.Events;
using Granary.Vault.Storage;

namespace Granary.Vault.Psmc;

/// <summary>Which events to return; all conditions must hold.</summary>
/// <param name="Type">Only this type, or null.</param>
/// <param name="Start">Not before, inclusive, or null.</param>
/// <param name="End">Not after, inclusive, or null.</param>
/// <param name="Limit">The last so many, or null or 0 for all that fit.</param>
public sealed record PsmcTimelineQuery(string? Type, DateTimeOffset? Start, DateTimeOffset? End, int? Limit)
{
    /// <summary>Whether every event matches.</summary>
    internal bool TakesAll => this is { Type: null, Start: null, End: null };

    /// <summary>Whether one page of the log holds the answer.</summary>
    public bool IsShort => TakesAll && Limit is > 0 and <= PsmcTimeline.PageLines;
}

/// <summary>Finds events by type and time, from the youngest back, so that "the last N" does not read the whole log.</summary>
public static class PsmcTimeline
{
    /// <summary>The most bytes of one answer.</summary>
    public const int MaxAnswerBytes = 4 * 1024 * 1024;

    internal const int PageLines = 256;

    /// <summary>Matching events among the first <paramref name="count"/>, oldest first; true when older ones matched and did not fit.</summary>
    public static async Task<(IReadOnlyList<ReadOnlyMemory<byte>> Events, bool Truncated)> QueryAsync(
        IVaultReader reader, long count, PsmcTimelineQuery query, CancellationToken cancellation)
    {
        var limit = query.Limit is > 0 ? query.Limit.Value : int.MaxValue;
        // Where every event matches, the last N need no more than N lines, which a store elsewhere would have to send.
        var pageLines = query.TakesAll ? Math.Min(limit, PageLines) : PageLines;
        var found = new List<ReadOnlyMemory<byte>>();
        long bytes = 0;
        for (var end = count; end > 0;)
        {
            var from = Math.Max(0, end - pageLines);
            var lines = await ReadAsync(reader, from, end, cancellation);
            for (var i = lines.Count - 1; i >= 0; i--)
            {
                if (!Matches(lines[i].Span, query))
                    continue;
                bytes += lines[i].Length + 1;
                if (bytes > MaxAnswerBytes)
                    return (Oldest(found), true);
                // A copy: a page's buffer must not live on for the sake of one event in it.
                found.Add(lines[i].ToArray());
                if (found.Count == limit)
                    return (Oldest(found), false);
            }
            end = from;
        }
        return (Oldest(found), false);
    }

    private static List<ReadOnlyMemory<byte>> Oldest(List<ReadOnlyMemory<byte>> found)
    {
        found.Reverse();
        return found;
    }

    private static async Task<List<ReadOnlyMemory<byte>>> ReadAsync(IVaultReader reader, long from, long end, CancellationToken cancellation)
    {
        var lines = new List<ReadOnlyMemory<byte>>();
        while (from < end)
        {
            var page = await reader.ReadAsync(LogStream.Events, from, (int)(end - from), MaxAnswerBytes, cancellation);
            if (page.Lines.Count == 0)
                break;
            lines.AddRange(page.Lines);
            from = page.Next;
        }
        return lines;
    }

    private static bool Matches(ReadOnlySpan<byte> line, PsmcTimelineQuery query)
    {
        if (query.TakesAll)
            return true;
        using var scratch = new PooledBuffer(line.Length + 16);
        if (PsmcEvent.Read(line, scratch) is not { } written)
            return false;
        if (query.Type is not null && written.Type != query.Type)
            return false;
        if (query.Start is null && query.End is null)
            return true;
        return EventTimestamp.TryParse(written.Timestamp ?? written.TimestampUtc, out var time)
            && (query.Start is null || time >= query.Start) && (query.End is null || time <= query.End);
    }
}
