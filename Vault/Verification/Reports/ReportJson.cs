using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Granary.Vault.Verification.Reports;

/// <summary>
/// A report as JSON: <c>valid, format, mode, event_count, head, root, errors, warnings, finding_count, duration_ms, checks:[{name,summary,errors,warnings}],
/// checkers:[{name,passes,failing_rules}], counts_by_rule:{rule:n}, findings:[{position,event_id,rule,code,severity,reason}]</c>.
/// </summary>
public static class ReportJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the report.</summary>
    /// <param name="report">It.</param>
    /// <param name="duration">How long it took; null where that was not measured.</param>
    public static byte[] Write(VaultReport report, TimeSpan? duration)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(output, Options))
            Write(report, duration, json);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Writes the report as a value of a larger document.</summary>
    public static void Write(VaultReport report, TimeSpan? duration, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteBoolean("valid", report.Valid);
        json.WriteString("format", report.Format);
        json.WriteString("mode", ReportText.Name(report.Mode));
        json.WriteNumber("event_count", report.Head.Count);
        json.WriteString("head", report.Head.Hash);
        json.WriteString("root", report.Root);
        json.WriteNumber("errors", report.Errors);
        json.WriteNumber("warnings", report.Warnings);
        json.WriteNumber("finding_count", report.FindingCount);
        if (duration is { } took)
            json.WriteNumber("duration_ms", Math.Round(took.TotalMilliseconds));
        json.WriteStartArray("checks");
        foreach (var check in report.Checks)
            Write(check, json);
        json.WriteEndArray();
        json.WriteStartArray("checkers");
        foreach (var checker in report.Checkers)
            Write(checker, json);
        json.WriteEndArray();
        json.WriteStartObject("counts_by_rule");
        foreach (var (rule, count) in report.CountsByRule)
            json.WriteNumber(rule, count);
        json.WriteEndObject();
        json.WriteStartArray("findings");
        foreach (var finding in report.Findings)
            Write(finding, json);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(CheckSummary check, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("name", check.Name);
        json.WriteString("summary", check.Summary);
        json.WriteNumber("errors", check.Errors);
        json.WriteNumber("warnings", check.Warnings);
        json.WriteEndObject();
    }

    private static void Write(CheckerVerdict checker, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("name", checker.Name);
        json.WriteBoolean("passes", checker.Passes);
        json.WriteStartArray("failing_rules");
        foreach (var rule in checker.FailingRules)
            json.WriteStringValue(rule);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Finding finding, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        if (finding.Position is { } position)
            json.WriteNumber("position", position);
        else
            json.WriteNull("position");
        json.WriteString("event_id", finding.EventId);
        json.WriteString("rule", finding.Rule);
        json.WriteString("code", finding.Code);
        json.WriteString("severity", finding.Severity.ToString().ToLowerInvariant());
        json.WriteString("reason", finding.Reason);
        json.WriteEndObject();
    }
}
