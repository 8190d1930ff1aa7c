using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Granary.Hosting.Telemetry;

/// <summary>
/// Writes each log entry as one line of visible text. What clients send may stand in a message: a line break in it would forge an entry, an escape
/// sequence would reach the operator's terminal.
/// </summary>
public sealed class ConsoleLines(TimeProvider time) : ConsoleFormatter(FormatterName)
{
    /// <summary>The formatter's name.</summary>
    public const string FormatterName = "granary";

    /// <inheritdoc />
    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        ArgumentNullException.ThrowIfNull(textWriter);
        var line = new StringBuilder(256)
            .Append(time.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ss.fffZ", System.Globalization.CultureInfo.InvariantCulture))
            .Append(' ').Append(ShortName(logEntry.LogLevel)).Append(": ").Append(logEntry.Category).Append('[').Append(logEntry.EventId.Id).Append("] ");
        AppendVisible(line, logEntry.Formatter(logEntry.State, logEntry.Exception));
        if (logEntry.Exception is { } exception)
            AppendVisible(line.Append(' '), exception.ToString().ReplaceLineEndings(" "));
        // Where the span is kept somewhere: elsewhere an id would lead nowhere.
        if (Activity.Current is { Recorded: true } span)
            line.Append(" trace_id=").Append(span.TraceId.ToHexString()).Append(" span_id=").Append(span.SpanId.ToHexString());
        textWriter.Write(line.Append('\n').ToString());
    }

    /// <summary>The text with everything that is no visible character as <c>\u</c> and four digits.</summary>
    internal static void AppendVisible(StringBuilder line, string text)
    {
        // Nearly every message is plain ASCII, and each call may be one.
        if (text.AsSpan().IndexOfAnyExceptInRange(' ', '~') < 0)
        {
            line.Append(text);
            return;
        }
        foreach (var c in text)
        {
            if (char.IsControl(c) || char.GetUnicodeCategory(c) is System.Globalization.UnicodeCategory.Format
                or System.Globalization.UnicodeCategory.LineSeparator or System.Globalization.UnicodeCategory.ParagraphSeparator)
            {
                line.Append(System.Globalization.CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            }
            else
            {
                line.Append(c);
            }
        }
    }

    private static string ShortName(LogLevel level) => level switch
    {
        LogLevel.Trace => "trce",
        LogLevel.Debug => "dbug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.Error => "fail",
        _ => "crit",
    };
}

/// <summary>Sets a program's logging up.</summary>
public static class ConsoleLinesExtensions
{
    /// <summary>
    /// Logs to standard error, in lines of visible text. Below warnings only this project's own entries are written: the framework's hold addresses
    /// with their queries, and parts of headers, at levels that an operator may ask for.
    /// </summary>
    /// <param name="logging">The program's logging.</param>
    /// <param name="level">The lowest level.</param>
    /// <param name="asJson">Whether an entry is a JSON object on a line instead, with the fields that it was made of.</param>
    public static void AddConsoleLines(this ILoggingBuilder logging, LogLevel level, bool asJson = false)
    {
        ArgumentNullException.ThrowIfNull(logging);
        logging.ClearProviders();
        logging.SetMinimumLevel(level);
        // A start that fails is said in one sentence by the program.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        var others = level > LogLevel.Warning ? level : LogLevel.Warning;
        foreach (var category in (string[])["Microsoft", "Orleans", "Polly", "System", "StackExchange"])
            logging.AddFilter(category, others);
        logging.AddConsole(console =>
        {
            console.FormatterName = asJson ? ConsoleFormatterNames.Json : ConsoleLines.FormatterName;
            console.LogToStandardErrorThreshold = LogLevel.Trace;
        });
        if (asJson)
        {
            logging.AddJsonConsole(json =>
            {
                json.UseUtcTimestamp = true;
                json.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";
            });
        }
        logging.Services.AddSingleton<ConsoleFormatter>(s => new ConsoleLines(s.GetService<TimeProvider>() ?? TimeProvider.System));
    }
}
