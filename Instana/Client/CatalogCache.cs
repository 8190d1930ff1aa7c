using Granary.Instana.Http;

namespace Granary.Instana.Client;

/// <summary>
/// Catalogs that were read, for a while. The cache belongs to one connection, so an entry exists only where this very credential was accepted
/// for it, and no other tenant can meet it. It is bounded by entries and bytes; the oldest goes first.
/// </summary>
internal sealed class CatalogCache(bool enabled, TimeSpan lifetime, TimeProvider time)
{
    private const int MaxEntries = 256;

    private const long MaxBytes = 16 * 1024 * 1024;

    private const int MaxAnswers = 64;

    private const int MaxAnswer = 64 * 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (InstanaReply Reply, DateTimeOffset Until)> _entries = [];
    private readonly Queue<string> _order = new();
    private readonly Dictionary<string, (ReadOnlyMemory<byte> Answer, DateTimeOffset Until)> _answers = [];
    private long _bytes;

    public InstanaReply? Find(string key)
    {
        if (!enabled)
            return null;
        lock (_gate)
            return _entries.TryGetValue(key, out var entry) && entry.Until > time.GetUtcNow() ? entry.Reply : null;
    }

    public void Keep(string key, InstanaReply reply)
    {
        if (!enabled || reply.Failure is not null || reply.Body.Length > MaxBytes / 4)
            return;
        lock (_gate)
        {
            if (_entries.Remove(key, out var old))
                _bytes -= old.Reply.Body.Length;
            else
                _order.Enqueue(key);
            _entries[key] = (reply, time.GetUtcNow() + lifetime);
            _bytes += reply.Body.Length;
            while ((_entries.Count > MaxEntries || _bytes > MaxBytes) && _order.TryDequeue(out var oldest))
            {
                if (_entries.Remove(oldest, out var gone))
                    _bytes -= gone.Reply.Body.Length;
            }
        }
    }

    /// <summary>An answer that was made from a catalog which is still good.</summary>
    public ReadOnlyMemory<byte>? FindAnswer(string key)
    {
        if (!enabled)
            return null;
        lock (_gate)
            return _answers.TryGetValue(key, out var entry) && entry.Until > time.GetUtcNow() ? entry.Answer : default(ReadOnlyMemory<byte>?);
    }

    /// <summary>Keeps an answer for as long as the catalog that it was made from.</summary>
    public void KeepAnswer(string key, ReadOnlyMemory<byte> answer, string catalog)
    {
        if (!enabled || answer.Length > MaxAnswer)
            return;
        lock (_gate)
        {
            if (!_entries.TryGetValue(catalog, out var entry))
                return;
            if (_answers.Count >= MaxAnswers)
                _answers.Clear();
            _answers[key] = (answer, entry.Until);
        }
    }

    /// <summary>Forgets everything: the credential was refused.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _entries.Clear();
            _answers.Clear();
            _order.Clear();
            _bytes = 0;
        }
    }
}
