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
/// <remarks>
/// It is made of parts, each of the same number of events, and the newest is asked first: what FTS5 does for each search (it counts every match of every word,
/// and collects every word with a beginning) then grows with the part and not with the vault. How rare a word is, is judged within a part, as search engines
/// do within a shard.
/// </remarks>
internal sealed class SearchIndex : IDisposable
{
    /// <summary>Of more matches than this, the newest are ranked: so a common word takes no longer in a large vault.</summary>
    public const int MostRanked = 10_000;

    private const string Setup = """
        PRAGMA journal_mode = OFF;
        PRAGMA synchronous = OFF;
        PRAGMA temp_store = FILE;
        PRAGMA cache_size = -4096;
        CREATE TABLE times(at INTEGER);
        """;

    private readonly SqliteConnection _database;
    private readonly List<SearchPart> _parts = [];

    static SearchIndex() => Batteries_V2.Init();

    /// <summary>Makes an empty one.</summary>
    public SearchIndex()
    {
        _database = new SqliteConnection("Data Source=;Pooling=False");
        _database.Open();
        using var setup = new SqliteCommand(Setup, _database);
        setup.ExecuteNonQuery();
    }

    /// <summary>How many events it has seen.</summary>
    public long Count { get; private set; }

    /// <summary>Takes the log's next events.</summary>
    /// <returns>The ids of events whose payloads they take away.</returns>
    public IReadOnlyList<string> Add(LogPage page)
    {
        using var transaction = _database.BeginTransaction();
        using var times = new SqliteCommand("INSERT INTO times(rowid, at) VALUES ($row, $at)", _database, transaction);
        var (row, at) = (times.Parameters.AddWithValue("$row", 0L), times.Parameters.AddWithValue("$at", 0L));
        List<string> redacted = [];
        using var scratch = new PooledBuffer(4096);
        foreach (var line in page.Lines)
        {
            if (Count % SearchPart.MostEvents == 0)
                _parts.Add(new SearchPart(_database, transaction, _parts.Count));
            Count++;
            if (!EventFields.TryRead(line.Span, scratch, out var fields))
                continue;
            if (EventText.Redacts(fields) is { } target)
                redacted.Add(target);
            if (EventText.Of(fields) is not { Length: > 0 } text)
                continue;
            _parts[^1].Add(transaction, Count, text, fields);
            row.Value = Count;
            at.Value = EventTimestamp.TryParse(EventFields.Text(fields.Time), out var time) ? time.UtcTicks : DBNull.Value;
            times.ExecuteNonQuery();
        }
        transaction.Commit();
        return redacted;
    }

    /// <summary>Forgets what the event at a position said.</summary>
    public void Remove(long position) => _parts[(int)(position / SearchPart.MostEvents)].Remove(position + 1);

    /// <summary>The matches among the first events, the best first, and of equals the newest.</summary>
    /// <exception cref="OperationCanceledException">It was not wanted any more.</exception>
    public IReadOnlyList<SearchMatch> Find(SearchQuery query, SearchFilter filter, long end, CancellationToken cancellation)
    {
        var expression = $"text : {query.Expression}{filter.Expression}";
        List<SearchMatch> matches = [];
        using var stop = cancellation.Register(() => raw.sqlite3_interrupt(_database.Handle));
        try
        {
            for (var part = (int)((end + SearchPart.MostEvents - 1) / SearchPart.MostEvents) - 1; part >= 0 && matches.Count < MostRanked; part--)
            {
                cancellation.ThrowIfCancellationRequested();
                _parts[part].Find(expression, filter, end, MostRanked, matches);
            }
        }
        catch (SqliteException) when (cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellation);
        }
        // Stable, and the newest come first.
        return [.. matches.OrderByDescending(match => match.Score)];
    }

    /// <summary>Drops it; its file has gone with it.</summary>
    public void Dispose()
    {
        foreach (var part in _parts)
            part.Dispose();
        _database.Dispose();
    }
}

/// <summary>An event that matches.</summary>
/// <param name="Position">Its place in the log, from 0.</param>
/// <param name="Score">How well; more is better. BM25, which compares within one answer only.</param>
internal readonly record struct SearchMatch(long Position, double Score);
