using System.Text;
using Granary.Bench.Processes;
using Granary.Bench.Setup;

namespace Granary.Bench.Reports;

/// <summary>One scenario's part of the results, as Markdown.</summary>
internal sealed class Section
{
    private readonly StringBuilder _text = new();

    public Section(string name, string title)
    {
        Name = name;
        _text.Append("## ").AppendLine(title).AppendLine();
    }

    /// <summary>The scenario.</summary>
    public string Name { get; }

    /// <summary>What was written so far.</summary>
    public string Text => _text.ToString();

    /// <summary>A paragraph.</summary>
    public void Paragraph(string text) => _text.AppendLine(text).AppendLine();

    /// <summary>A table; its first column is text, the others are figures.</summary>
    public void Table(string[] columns, IEnumerable<string[]> rows)
    {
        Row(columns);
        Row([.. columns.Select((_, i) => i == 0 ? "---" : "---:")]);
        foreach (var row in rows)
            Row(row);
        _text.AppendLine();
    }

    /// <summary>A table of targets: what was measured, its figure, and whether it meets the limit.</summary>
    public void Targets(IEnumerable<Target> targets) =>
        Table(["target", "limit", "measured", "met"], targets.Select(t => new[] { t.What, t.Limit, t.Measured, t.Met ? "yes" : "**no**" }));

    /// <summary>What makes the figures mean something.</summary>
    public void Close(Machine machine, BenchOptions options, string load)
    {
        var quick = options.Quick ? " Quick run: for a look, not for the record." : "";
        Paragraph($"Scope: {machine.Scope}. {machine.Cpu}; {machine.System}; {machine.Runtime}; commit {machine.Commit}; {CpuPinning.Description} "
            + $"unless said otherwise; load average {load}; {machine.Date}. "
            + $"Medians of {options.Repeats} interleaved repeats with their range unless said otherwise.{quick}");
        Paragraph($"`{options.CommandLine}`");
    }

    private void Row(string[] cells) => _text.Append("| ").AppendJoin(" | ", cells).AppendLine(" |");
}

/// <summary>One figure against its limit.</summary>
internal sealed record Target(string What, string Limit, string Measured, bool Met);
