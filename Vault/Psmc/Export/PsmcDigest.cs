using System.Globalization;
using System.Text;
using Granary.Vault.Canonical;
using Granary.Vault.Psmc.Events;
using Granary.Vault.Reducer;
using Granary.Vault.Storage;

namespace Granary.Vault.Psmc.Export;

/// <summary>A digest of some weeks as the reference writes it (specification 12): Markdown, by type, a line for each event.</summary>
public static class PsmcDigest
{
    /// <summary>The most weeks a digest covers.</summary>
    public const int MaxWeeks = 520;

    /// <summary>
    /// Writes the digest of the weeks up to <paramref name="now"/>: the document <c>digests/2026-W01.md</c>, where weeks begin on Monday and the
    /// year's first is 01.
    /// </summary>
    /// <exception cref="PsmcInputException"><paramref name="weeks"/> is not within 1 and <see cref="MaxWeeks"/>.</exception>
    public static async Task<VaultDocument> WriteAsync(IVaultReader reader, int weeks, DateTimeOffset now, CancellationToken cancellation)
    {
        if (weeks <= 0)
            throw new PsmcInputException("weeks must be > 0");
        if (weeks > MaxWeeks)
            throw new PsmcInputException($"weeks must be at most {MaxWeeks}.");
        var from = now.AddDays(-7 * weeks);
        var byType = new SortedDictionary<string, List<PsmcText>>(Utf8Text.Order);
        var (count, total, head) = (0, 0L, LogHead.ZeroHash);
        await foreach (var one in PsmcText.ReadAsync(reader, cancellation))
        {
            total++;
            head = one.Hash;
            if (!EventTimestamp.TryParse(one.Timestamp, out var time) || time < from || time > now)
                continue;
            if (!byType.TryGetValue(one.Type, out var list))
                byType[one.Type] = list = [];
            list.Add(one);
            count++;
        }
        var label = Label(now);
        var text = new StringBuilder();
        text.Append(
            CultureInfo.InvariantCulture,
            $"# Memory Digest: {label}\nGenerated: {EventTimestamp.Format(now)}\nPeriod: {Day(from)} to {Day(now)}\nEvents: {count}\n\n");
        foreach (var list in byType.Values)
        {
            text.Append(CultureInfo.InvariantCulture, $"## {Markdown.Inert(list[0].Title)} ({list.Count})\n\n");
            foreach (var one in list)
                text.Append(CultureInfo.InvariantCulture, $"- **{one.Timestamp[..10]}** — {Markdown.Inert(one.Summary())}\n");
            text.Append('\n');
        }
        text.Append(CultureInfo.InvariantCulture, $"---\nChain head: `{head[..16]}...`\nTotal events in vault: {total}\n");
        return new VaultDocument($"digests/{label}.md", Encoding.UTF8.GetBytes(text.ToString()));
    }

    // Days before the year's first Monday are week 00.
    private static string Label(DateTimeOffset now)
    {
        var day = now.UtcDateTime;
        var sinceMonday = ((int)day.DayOfWeek + 6) % 7;
        return string.Create(CultureInfo.InvariantCulture, $"{day:yyyy}-W{(day.DayOfYear + 6 - sinceMonday) / 7:00}");
    }

    private static string Day(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
