using System.Text.Json.Nodes;
using Spectre.Console;

namespace Granary.Cli.Output;

/// <summary>What a person reads: colours and frames on a terminal, plain lines in a pipe.</summary>
/// <param name="output">Where to.</param>
/// <param name="isTerminal">Whether a person looks at it.</param>
internal sealed class Screen(TextWriter output, bool isTerminal)
{
    private readonly IAnsiConsole? _console = isTerminal
        ? AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) })
        : null;

    /// <summary>A line.</summary>
    public void Line(string text = "") => output.WriteLine(ShownText.Line(text));

    /// <summary>Lines as they are, the last without its end.</summary>
    public void Document(string text) => output.WriteLine(ShownText.Document(text));

    /// <summary>JSON.</summary>
    public void Json(JsonNode? node) => output.WriteLine(ConsoleJson.Write(node));

    /// <summary>The verdict of a check, its first word coloured.</summary>
    public void Verdict(bool good, string text)
    {
        var word = good ? "PASS" : "FAIL";
        if (_console is null)
            Line($"{word}: {text}");
        else
            _console.MarkupLine($"[{(good ? "green" : "red")} bold]{word}[/]: {Markup.Escape(ShownText.Line(text))}");
    }

    /// <summary>Names and values below each other.</summary>
    public void Fields(params (string Name, object? Value)[] fields)
    {
        var width = fields.Max(field => field.Name.Length) + 1;
        foreach (var (name, value) in fields)
            Line($"{(name + ":").PadRight(width)} {value ?? "-"}");
    }

    /// <summary>Rows under headings.</summary>
    public void Table(IReadOnlyList<string> headings, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        if (_console is null)
        {
            // Made visible first: what a cell is wide is what is seen of it.
            Plain(headings, [.. rows.Select(row => (IReadOnlyList<string>)[.. row.Select(ShownText.Line)])]);
            return;
        }
        var table = new Table { Border = TableBorder.Rounded };
        foreach (var heading in headings)
            table.AddColumn(new TableColumn(new Markup($"[bold]{Markup.Escape(heading)}[/]")));
        foreach (var row in rows)
            table.AddRow([.. row.Select(cell => new Text(ShownText.Line(cell)))]);
        _console.Write(table);
    }

    private void Plain(IReadOnlyList<string> headings, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        var widths = headings.Select((heading, i) => rows.Select(row => row[i].Length).Append(heading.Length).Max()).ToList();
        Line(Pad(headings));
        Line(new string('-', widths.Sum() + widths.Count - 1));
        foreach (var row in rows)
            Line(Pad(row));

        string Pad(IReadOnlyList<string> cells) => string.Join(' ', cells.Select((cell, i) => cell.PadRight(widths[i]))).TrimEnd();
    }
}
