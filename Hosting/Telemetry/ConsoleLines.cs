using System.Diagnostics;
using System.Globalization;
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
        Span<char> start = stackalloc char[48];
        start.TryWrite(CultureInfo.InvariantCulture, $"{time.GetUtcNow():yyyy-MM-ddTHH:mm:ss.fffZ} {ShortName(logEntry.LogLevel)}: ", out var length);
        textWriter.Write(start[..length]);
        textWriter.Write(logEntry.Category);
        start.TryWrite(CultureInfo.InvariantCulture, $"[{logEntry.EventId.Id}] ", out length);
        textWriter.Write(start[..length]);
        WriteVisible(textWriter, logEntry.Formatter(logEntry.State, logEntry.Exception));
        if (logEntry.Exception is { } exception)
        {
            textWriter.Write(' ');
            WriteVisible(textWriter, exception.ToString().ReplaceLineEndings(" "));
        }
        // Where the span is kept somewhere: elsewhere an id would lead nowhere.
        if (Activity.Current is { Recorded: true } span)
            textWriter.Write($" trace_id={span.TraceId.ToHexString()} span_id={span.SpanId.ToHexString()}");
        textWriter.Write('\n');
    }

    /// <summary>The text with everything that is no visible character as <c>\u</c> and four digits.</summary>
    private static void WriteVisible(TextWriter line, string text)
    {
        // Nearly every message is plain ASCII, and each call may be one.
        if (text.AsSpan().IndexOfAnyExceptInRange(' ', '~') < 0)
        {
            line.Write(text);
            return;
        }
        foreach (var c in text)
        {
            if (char.IsControl(c) || char.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
                line.Write($"\\u{(int)c:x4}");
            else
                line.Write(c);
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
    /// <param name="error">What is written to instead of standard error.</param>
    public static void AddConsoleLines(this ILoggingBuilder logging, LogLevel level, bool asJson = false, Stream? error = null)
    {
        ArgumentNullException.ThrowIfNull(logging);
        logging.SetMinimumLevel(level);
        // A start that fails is said in one sentence by the program.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        var others = level > LogLevel.Warning ? level : LogLevel.Warning;
        foreach (var category in (string[])["Microsoft", "Orleans", "Polly", "System", "StackExchange"])
            logging.AddFilter(category, others);
        if (asJson)
        {
            logging.AddJsonConsole(json =>
            {
                json.UseUtcTimestamp = true;
                json.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";
            });
        }
        // The framework's console too, which comes with its formatter of JSON.
        logging.ClearProviders();
        logging.Services.AddSingleton<ILoggerProvider>(s => asJson
            ? new ScopedLineLogs(
                error ?? Console.OpenStandardError(), s.GetServices<ConsoleFormatter>().Single(formatter => formatter.Name == ConsoleFormatterNames.Json))
            : new LineLogs(error ?? Console.OpenStandardError(), new ConsoleLines(s.GetService<TimeProvider>() ?? TimeProvider.System)));
    }
}
