using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Granary.Hosting.Telemetry;

/// <summary>Logs to a stream, in the form of a console formatter. In place of the framework's console, which makes a call of the system for each entry.</summary>
internal partial class LineLogs : ILoggerProvider
{
    private static readonly Counter<long> Lost = new Meter("Granary.Hosting").CreateCounter<long>(
        "granary.log.lost", "{entry}", "Log entries that standard error did not take.");

    private readonly ConsoleFormatter _formatter;
    private readonly LineQueue _queue;
    private readonly ILogger _own;

    public LineLogs(Stream stream, ConsoleFormatter formatter)
    {
        _formatter = formatter;
        _queue = new LineQueue(stream, TellLost);
        _own = CreateLogger(typeof(LineLogs).FullName!);
        AppDomain.CurrentDomain.ProcessExit += OnExit;
    }

    /// <summary>What entries stand in, for forms that write it; null for the others, and then nothing is kept of it.</summary>
    protected IExternalScopeProvider? Scopes { get; set; }

    public ILogger CreateLogger(string categoryName) => new Lines(this, categoryName);

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnExit;
        _queue.Dispose();
    }

    // A program that ends without its services being disposed still says why.
    private void OnExit(object? sender, EventArgs e) => _queue.Dispose();

    private void TellLost(long count)
    {
        Lost.Add(count);
        LogLost(_own, count);
    }

    [LoggerMessage(1, LogLevel.Warning, "{Count} log entries before this one were lost: standard error did not take them")]
    private static partial void LogLost(ILogger log, long count);

    private sealed class Lines(LineLogs logs, string category) : ILogger
    {
        private const int Kept = 1024;

        [ThreadStatic]
        private static StringWriter? t_text;

        public IDisposable BeginScope<TState>(TState state)
            where TState : notnull => logs.Scopes?.Push(state) ?? NullScope.Instance;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var writer = t_text ?? new StringWriter();
            // An entry that is logged while this one is made has a writer of its own.
            t_text = null;
            logs._formatter.Write(new LogEntry<TState>(logLevel, category, eventId, state, exception, formatter), logs.Scopes, writer);
            var text = writer.GetStringBuilder();
            if (text.Length > 0)
            {
                var chunks = text.GetChunks();
                chunks.MoveNext();
                logs._queue.Add(chunks.Current.Length == text.Length ? chunks.Current.Span : text.ToString(), logLevel > LogLevel.Information);
            }
            text.Clear();
            if (text.Capacity > Kept)
                text.Capacity = Kept;
            t_text = writer;
        }

        private sealed class NullScope : IDisposable
        {
            public static NullScope Instance { get; } = new();

            public void Dispose()
            {
            }
        }
    }
}

/// <summary>The same with scopes. A provider that asks for them has the framework keep two for each request, written or not.</summary>
internal sealed class ScopedLineLogs(Stream stream, ConsoleFormatter formatter) : LineLogs(stream, formatter), ISupportExternalScope
{
    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => Scopes = scopeProvider;
}
