using System.Globalization;
using System.Text;

namespace Granary.Vault.Verification.Reports;

/// <summary>A report for a person: one screen, however large the vault.</summary>
public static class ReportText
{
    private const int Width = 12;

    /// <summary>Writes the report.</summary>
    /// <param name="report">It.</param>
    /// <param name="duration">How long it took, where that was measured.</param>
    /// <param name="maxFindings">How many findings to show.</param>
    public static string Write(VaultReport report, TimeSpan? duration = null, int maxFindings = 10)
    {
        var text = new StringBuilder();
        text.Append(
            CultureInfo.InvariantCulture,
            $"{(report.Valid ? "VALID" : "INVALID")}: {report.Format} vault, {Name(report.Mode)} verification of {report.Head.Count} events");
        if (duration is { } took)
            text.Append(CultureInfo.InvariantCulture, $" in {took.TotalSeconds:0.0} s");
        text.Append('\n').Append("  ").Append("head".PadRight(Width)).Append(report.Head.Hash).Append('\n');
        if (report.Root is not null)
            text.Append("  ").Append("event tree".PadRight(Width)).Append(report.Root).Append('\n');
        foreach (var check in report.Checks)
            text.Append(Line(check)).Append('\n');
        foreach (var checker in report.Checkers)
        {
            var verdict = checker.Passes ? "would accept it" : "would refuse it: " + string.Join(", ", checker.FailingRules);
            text.Append(CultureInfo.InvariantCulture, $"  The reference's {checker.Name} {verdict}.\n");
        }
        foreach (var finding in report.Findings.Take(maxFindings))
            text.Append(Line(finding)).Append('\n');
        var rest = report.FindingCount - Math.Min(report.Findings.Count, maxFindings);
        if (rest > 0)
            text.Append(CultureInfo.InvariantCulture, $"  … and {rest} more.\n");
        return text.ToString();
    }

    /// <summary>A check in one line.</summary>
    public static string Line(CheckSummary check) => $"  {check.Name.PadRight(Width)}{Verdict(check).PadRight(Width)}{check.Summary}";

    /// <summary>A finding in one line.</summary>
    public static string Line(Finding finding)
    {
        var where = finding.Position is { } position ? string.Create(CultureInfo.InvariantCulture, $"event {position}") : "vault";
        var id = finding.EventId is null ? "" : $" {finding.EventId}";
        var code = finding.Code is null ? "" : $" [{finding.Code}]";
        return $"  {finding.Severity.ToString().ToLowerInvariant()}{code} {where}{id}, {finding.Rule}: {finding.Reason}";
    }

    internal static string Name(VerificationMode mode) => mode == VerificationMode.Strict ? "strict" : "compatible";

    private static string Verdict(CheckSummary check) => check switch
    {
        { Errors: > 0 } => Count(check.Errors, "error"),
        { Warnings: > 0 } => Count(check.Warnings, "warning"),
        _ => "ok",
    };

    private static string Count(long count, string what) => string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? "" : "s")}");
}
