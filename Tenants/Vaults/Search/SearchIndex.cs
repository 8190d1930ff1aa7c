using System.Diagnostics.CodeAnalysis;
using Granary.Tenants.Vaults.Views;
using Granary.Vault.Canonical;
using Granary.Vault.Storage;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Granary.Tenants.Vaults.Search;

/// <summary>
/// A full-text index of a vault's events in SQLite's FTS5: which words stand at which positions, and no text. It is a private temporary database: up to a
/// few megabytes in memory, beyond that in a file without a name, and gone with who made it. Not for use by several threads at once.
/// </summary>
internal sealed class SearchIndex : IDisposable
{
    /// <summary>Of more matches than this, the newest are ranked: so a common word takes no longer in a large vault.</summary>
    public const int MostRanked = 10_000;

    private const string Setup = """
        PRAGMA journal_mode = OFF;
        PRAGMA synchronous = OFF;
        PRAGMA temp_store = FILE;
        PRAGMA cache_size = -4096;
        CREATE VIRTUAL TABLE words USING fts5(
            text, type, actor, namespace, content = '', contentless_delete = 1, tokenize = "unicode61 remove_diacritics 2");
        CREATE TABLE times(at INTEGER);
        """;

    // A row's number is the event's position and one; what is beside the text decides and does not rank.
    private const string Ranked = """
        SELECT words.rowid, bm25(words, 1.0, 0.0, 0.0, 0.0) FROM words JOIN times ON times.rowid = words.rowid
        WHERE words MATCH $match AND words.rowid <= $end AND ($after IS NULL OR at >= $after) AND ($before IS NULL OR at <= $before)
        ORDER BY words.rowid DESC LIMIT $most
        """;

    private readonly SqliteConnection _database;

    static SearchIndex() => Batteries_V2.Init();

    /// <summary>Makes an empty one.</summary>
    public SearchIndex()
    {
        _database = new SqliteConnection("Data Source=;Pooling=False");
        _database.Open();
        using var setup = Command(Setup);
        setup.ExecuteNonQuery();
    }

    /// <summary>How many events it has seen.</summary>
    public long Count { get; private set; }

    /// <summary>Takes the log's next events.</summary>
    /// <returns>The ids of events whose payloads they take away.</returns>
    public IReadOnlyList<string> Add(LogPage page)
    {
        using var transaction = _database.BeginTransaction();
        using var words = Command("INSERT INTO words(rowid, text, type, actor, namespace) VALUES ($row, $text, $type, $actor, $namespace)", transaction);
        using var times = Command("INSERT INTO times(rowid, at) VALUES ($row, $at)", transaction);
        List<string> redacted = [];
        using var scratch = new PooledBuffer(4096);
        foreach (var line in page.Lines)
        {
            var row = ++Count;
            if (!EventFields.TryRead(line.Span, scratch, out var fields))
                continue;
            if (EventText.Redacts(fields) is { } target)
                redacted.Add(target);
            if (EventText.Of(fields) is not { Length: > 0 } text)
                continue;
            Run(words, ("$row", row), ("$text", text), ("$type", Word(fields.Type)), ("$actor", Word(fields.Actor)), ("$namespace", Word(fields.Namespace)));
            Run(times, ("$row", row), ("$at", EventTimestamp.TryParse(EventFields.Text(fields.Time), out var at) ? at.UtcTicks : null));
        }
        transaction.Commit();
        return redacted;
    }

    /// <summary>Forgets what the event at a position said.</summary>
    public void Remove(long position)
    {
        using var remove = Command("DELETE FROM words WHERE rowid = $row");
        Run(remove, ("$row", position + 1));
    }

    /// <summary>The matches among the first events, the best first, and of equals the newest.</summary>
    /// <exception cref="OperationCanceledException">It was not wanted any more.</exception>
    public IReadOnlyList<SearchMatch> Find(SearchQuery query, SearchFilter filter, long end, CancellationToken cancellation)
    {
        using var select = Command(Ranked);
        select.Parameters.AddWithValue("$match", $"text : {query.Expression}{filter.Expression}");
        select.Parameters.AddWithValue("$end", end);
        select.Parameters.AddWithValue("$after", (object?)filter.After?.UtcTicks ?? DBNull.Value);
        select.Parameters.AddWithValue("$before", (object?)filter.Before?.UtcTicks ?? DBNull.Value);
        select.Parameters.AddWithValue("$most", MostRanked);
        List<SearchMatch> matches = [];
        using var stop = cancellation.Register(() => raw.sqlite3_interrupt(_database.Handle));
        try
        {
            using var rows = select.ExecuteReader();
            while (rows.Read())
                matches.Add(new SearchMatch(rows.GetInt64(0) - 1, -rows.GetDouble(1)));
        }
        catch (SqliteException) when (cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellation);
        }
        // Stable, and the newest come first.
        return [.. matches.OrderByDescending(match => match.Score)];
    }

    /// <summary>Drops it; its file has gone with it.</summary>
    public void Dispose() => _database.Dispose();

    private static string Word(ReadOnlySpan<byte> value) => EventFields.Text(value) is { } text ? SearchFilter.Word(text) : "";

    private static void Run(SqliteCommand command, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        foreach (var (name, value) in values)
        {
            if (command.Parameters.Contains(name))
                command.Parameters[name].Value = value ?? DBNull.Value;
            else
                command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        }
        command.ExecuteNonQuery();
    }

    [SuppressMessage("Security", "CA2100", Justification = "Every text is a constant of this class; what clients say is a parameter.")]
    private SqliteCommand Command([ConstantExpected] string text, SqliteTransaction? transaction = null) => new(text, _database, transaction);
}

/// <summary>An event that matches.</summary>
/// <param name="Position">Its place in the log, from 0.</param>
/// <param name="Score">How well; more is better. BM25, which compares within one answer only.</param>
internal readonly record struct SearchMatch(long Position, double Score);
