using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Granary.Tenants.Vaults.Views;
using Microsoft.Data.Sqlite;

namespace Granary.Tenants.Vaults.Search;

/// <summary>The words of one run of events, as a table of SQLite's FTS5 that keeps no text. A row's number is the event's position in the log and one.</summary>
internal sealed class SearchPart : IDisposable
{
    /// <summary>How many events a part holds. A search that has its matches asks no further part; one of a rare word asks all of them.</summary>
    public const int MostEvents = 32_768;

    private static readonly string[] Columns = ["row", "text", "type", "actor", "namespace"];

    private readonly SqliteConnection _database;
    private readonly string _table;
    private readonly SqliteCommand _insert;

    /// <summary>Makes an empty one.</summary>
    /// <param name="database">The index that it is part of.</param>
    /// <param name="transaction">In which its table is made.</param>
    /// <param name="number">Which part of it, from 0.</param>
    public SearchPart(SqliteConnection database, SqliteTransaction transaction, int number)
    {
        (_database, _table) = (database, string.Create(CultureInfo.InvariantCulture, $"words{number}"));
        using var create = Command(
            $"""
            CREATE VIRTUAL TABLE {_table} USING fts5(
                text, type, actor, namespace, content = '', contentless_delete = 1, tokenize = "unicode61 remove_diacritics 2")
            """, transaction);
        create.ExecuteNonQuery();
        _insert = Command($"INSERT INTO {_table}(rowid, text, type, actor, namespace) VALUES ($row, $text, $type, $actor, $namespace)");
        foreach (var column in Columns)
            _insert.Parameters.Add(new SqliteParameter { ParameterName = $"${column}" });
    }

    /// <summary>Takes an event.</summary>
    public void Add(SqliteTransaction transaction, long row, string text, in EventFields fields)
    {
        _insert.Transaction = transaction;
        object[] values = [row, text, Word(fields.Type), Word(fields.Actor), Word(fields.Namespace)];
        for (var i = 0; i < values.Length; i++)
            _insert.Parameters[i].Value = values[i];
        _insert.ExecuteNonQuery();
    }

    /// <summary>Forgets what an event said.</summary>
    public void Remove(long row)
    {
        using var remove = Command($"DELETE FROM {_table} WHERE rowid = $row");
        remove.Parameters.AddWithValue("$row", row);
        remove.ExecuteNonQuery();
    }

    /// <summary>Adds its newest matches, the newest first, until there are as many as are wanted.</summary>
    public void Find(string expression, SearchFilter filter, long end, int wanted, List<SearchMatch> matches)
    {
        // What is beside the text decides and does not rank. A time costs a look at another table for each match.
        var times = filter.After is null && filter.Before is null
            ? ""
            : $"AND EXISTS(SELECT 1 FROM times WHERE times.rowid = {_table}.rowid AND ($after IS NULL OR at >= $after) AND ($before IS NULL OR at <= $before))";
        using var select = Command(
            $"""
            SELECT rowid, bm25({_table}, 1.0, 0.0, 0.0, 0.0) FROM {_table}
            WHERE {_table} MATCH $match AND rowid <= $end {times} ORDER BY rowid DESC LIMIT $most
            """);
        select.Parameters.AddWithValue("$match", expression);
        select.Parameters.AddWithValue("$end", end);
        select.Parameters.AddWithValue("$most", wanted - matches.Count);
        if (times.Length > 0)
        {
            select.Parameters.AddWithValue("$after", (object?)filter.After?.UtcTicks ?? DBNull.Value);
            select.Parameters.AddWithValue("$before", (object?)filter.Before?.UtcTicks ?? DBNull.Value);
        }
        using var rows = select.ExecuteReader();
        while (rows.Read())
            matches.Add(new SearchMatch(rows.GetInt64(0) - 1, -rows.GetDouble(1)));
    }

    public void Dispose() => _insert.Dispose();

    private static string Word(ReadOnlySpan<byte> value) => EventFields.Text(value) is { } text ? SearchFilter.Word(text) : "";

    [SuppressMessage("Security", "CA2100", Justification = "Every text is made of constants and the table's name, which is a number; what clients say is a parameter.")]
    private SqliteCommand Command(string text, SqliteTransaction? transaction = null) => new(text, _database, transaction);
}
