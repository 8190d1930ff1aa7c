namespace Granary.Vault.Verification.Reports;

/// <summary>Collects findings: all are counted, the first ones of each severity are kept. For one thread.</summary>
internal sealed class FindingList(VerificationMode mode, ReferenceCheckers decisive, int max)
{
    private readonly Dictionary<Rule, long> _counts = [];
    private readonly List<Finding>[] _kept = [[], [], []];
    private readonly long[] _totals = new long[3];

    public long Errors => _totals[(int)FindingSeverity.Error];

    public long Warnings => _totals[(int)FindingSeverity.Warning];

    public long Total => _totals.Sum();

    public void Add(Rule rule, long? position, string? eventId, string reason)
    {
        _counts[rule] = _counts.GetValueOrDefault(rule) + 1;
        var severity = SeverityOf(rule);
        _totals[(int)severity]++;
        var kept = _kept[(int)severity];
        if (kept.Count < max)
            kept.Add(new Finding(position, eventId, rule.Name, rule.Code, severity, reason));
    }

    public void Add(Rule rule, string reason) => Add(rule, null, null, reason);

    /// <summary>The worst ones first, then by position; those about the vault as a whole before those about an event.</summary>
    public IReadOnlyList<Finding> Kept() =>
        [.. _kept.Reverse().SelectMany(kept => kept.OrderBy(finding => finding.Position ?? -1)).Take(max)];

    public (long Errors, long Warnings) CountOf(string check)
    {
        var found = _counts.Where(count => CheckOf(count.Key) == check).ToList();
        return (Sum(FindingSeverity.Error), Sum(FindingSeverity.Warning));

        long Sum(FindingSeverity severity) => found.Where(count => SeverityOf(count.Key) == severity).Sum(count => count.Value);
    }

    public IReadOnlyDictionary<string, long> CountsByRule() =>
        _counts.OrderBy(count => count.Key.Name, StringComparer.Ordinal).ToDictionary(count => count.Key.Name, count => count.Value);

    public CheckerVerdict VerdictOf(ReferenceCheckers checker, string name)
    {
        var failing = _counts.Keys.Where(rule => rule.Fails.HasFlag(checker)).Select(rule => rule.Name).Order(StringComparer.Ordinal).ToList();
        return new CheckerVerdict(name, failing.Count == 0, failing);
    }

    private FindingSeverity SeverityOf(Rule rule)
    {
        if (mode == VerificationMode.Strict)
            return rule.Strict;
        if ((rule.Fails & decisive) != 0)
            return FindingSeverity.Error;
        return rule.Strict == FindingSeverity.Note && rule.Fails == ReferenceCheckers.None ? FindingSeverity.Note : FindingSeverity.Warning;
    }

    private static string CheckOf(Rule rule) => rule.Name[..rule.Name.IndexOf('.', StringComparison.Ordinal)];
}
