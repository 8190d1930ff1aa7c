using System.Collections.Concurrent;

namespace Granary.Gateway.Protocol.Legacy.Sessions;

/// <summary>
/// Entries by session that live while somebody uses them or they hold something, and not a moment shorter: an entry in use is never
/// evicted. Bounded; those nobody uses and that expire first make room, or only those that have expired.
/// </summary>
internal sealed class LeaseTable<T>(int max, TimeProvider time, bool evicts = true)
    where T : Leased
{
    private readonly ConcurrentDictionary<string, T> _entries = new(StringComparer.Ordinal);

    public int Count => _entries.Count;

    public T? Find(string key) => _entries.TryGetValue(key, out var entry) ? entry : null;

    /// <summary>The entry, made where there is none, and kept until <see cref="Leave"/>.</summary>
    public T Enter<TArgument>(string key, Func<TArgument, T> create, TArgument argument)
    {
        while (true)
        {
            if (!_entries.TryGetValue(key, out var entry))
            {
                MakeRoom();
                entry = _entries.GetOrAdd(key, static (_, make) => make.create(make.argument), (create, argument));
            }
            lock (entry.Gate)
            {
                if (!entry.IsDropped)
                {
                    entry.Users++;
                    return entry;
                }
            }
        }
    }

    /// <summary>Gives an entry back; one that nobody uses and that holds nothing is dropped.</summary>
    public void Leave(string key, T entry)
    {
        lock (entry.Gate)
            entry.Users--;
        Sweep(key, entry);
    }

    /// <summary>Drops an entry that came to hold nothing while nobody used it.</summary>
    public void Sweep(string key, T entry)
    {
        lock (entry.Gate)
        {
            if (entry.Users == 0 && entry.IsIdle)
                Drop(key, entry);
        }
    }

    /// <summary>Takes an entry out, used or not.</summary>
    public T? Remove(string key)
    {
        if (!_entries.TryGetValue(key, out var entry))
            return null;
        lock (entry.Gate)
            Drop(key, entry);
        return entry;
    }

    /// <summary>The entries that somebody uses.</summary>
    public IEnumerable<KeyValuePair<string, T>> Used() => _entries.Where(e => e.Value.Users > 0);

    /// <summary>Everything that is kept and has not expired.</summary>
    public IEnumerable<KeyValuePair<string, T>> All()
    {
        var now = time.GetUtcNow();
        return _entries.Where(e => e.Value.Expires > now);
    }

    /// <summary>Whether an entry can be had without taking one away that has not expired.</summary>
    public bool HasRoomFor(string key)
    {
        if (_entries.Count < max || _entries.ContainsKey(key))
            return true;
        var now = time.GetUtcNow();
        foreach (var (expired, entry) in _entries.Where(e => e.Value.Expires <= now))
        {
            lock (entry.Gate)
            {
                if (entry.Users == 0)
                    Drop(expired, entry);
            }
        }
        return _entries.Count < max;
    }

    // In this order and under the entry's lock: who finds it dropped looks again, and finds it gone.
    private void Drop(string key, T entry)
    {
        entry.IsDropped = true;
        _entries.TryRemove(new KeyValuePair<string, T>(key, entry));
    }

    private void MakeRoom()
    {
        if (_entries.Count < max)
            return;
        var now = time.GetUtcNow();
        var spare = evicts ? max / 10 : 0;
        foreach (var (key, entry) in _entries.OrderBy(e => e.Value.Expires))
        {
            if (entry.Expires > now && spare-- <= 0)
                break;
            lock (entry.Gate)
            {
                if (entry.Users == 0)
                    Drop(key, entry);
            }
        }
    }
}

/// <summary>What a <see cref="LeaseTable{T}"/> keeps.</summary>
internal abstract class Leased(DateTimeOffset expires)
{
    public DateTimeOffset Expires { get; } = expires;

    /// <summary>True when nothing would be lost with it.</summary>
    public abstract bool IsIdle { get; }

    internal Lock Gate { get; } = new();

    internal int Users { get; set; }

    internal bool IsDropped { get; set; }
}
