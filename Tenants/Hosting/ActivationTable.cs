using System.Collections.Concurrent;

namespace Granary.Tenants.Hosting;

/// <summary>
/// Activations by key: made with the first use and only once, kept while used, closed when idle or when room is needed. A new one
/// of the same key waits until the old one is closed, so that two never hold one vault.
/// </summary>
internal sealed class ActivationTable<TKey, T>(Func<TKey, T> create, int max, TimeSpan idleAfter, TimeProvider time) : IAsyncDisposable
    where TKey : notnull
    where T : class
{
    private readonly ConcurrentDictionary<TKey, Entry> _entries = new();
    private readonly Lock _adding = new();
    private volatile bool _closed;

    public int Count => _entries.Count;

    /// <summary>Takes the activation for one call; give it back with <see cref="Release"/>.</summary>
    public async ValueTask<Entry> AcquireAsync(TKey key, CancellationToken cancellation)
    {
        while (true)
        {
            var entry = _entries.TryGetValue(key, out var found) ? found : Add(key);
            if (entry.TryEnter())
                return entry;
            await entry.Closed.WaitAsync(cancellation);
        }
    }

    /// <summary>Gives it back; one that is not worth keeping is closed when it is otherwise unused.</summary>
    public void Release(Entry entry, bool keep)
    {
        entry.Leave(time.GetTimestamp());
        if (!keep && entry.TryRetire(idleSince: long.MaxValue))
            _ = CloseAsync(entry);
    }

    /// <summary>Closes what has been idle for long.</summary>
    public Task CollectAsync()
    {
        var limit = time.GetTimestamp() - (long)(idleAfter.TotalSeconds * time.TimestampFrequency);
        return Task.WhenAll(_entries.Values.Where(entry => entry.TryRetire(limit)).Select(CloseAsync));
    }

    public async ValueTask DisposeAsync()
    {
        lock (_adding)
            _closed = true;
        await Task.WhenAll(_entries.Values.Select(entry => entry.Retire() ? CloseAsync(entry) : entry.Closed));
    }

    private Entry Add(TKey key)
    {
        lock (_adding)
        {
            if (_closed)
                throw new TenantException(TenantFailure.Unavailable, "This process is stopping; try again.", TimeSpan.FromSeconds(1));
            if (_entries.TryGetValue(key, out var found))
                return found;
            if (_entries.Count >= max)
                MakeRoom();
            var entry = new Entry(key, create(key), time.GetTimestamp());
            _entries[key] = entry;
            return entry;
        }
    }

    /// <summary>Retires the longest idle hundredth at once, so that a full table is not searched for every newcomer.</summary>
    private void MakeRoom()
    {
        var retired = 0;
        foreach (var entry in _entries.Values.Where(entry => entry.IsIdle).OrderBy(entry => entry.LastUsed).Take(Math.Max(1, max / 100)).ToList())
        {
            if (!entry.TryRetire(idleSince: long.MaxValue))
                continue;
            retired++;
            _ = CloseAsync(entry);
        }
        if (retired == 0)
            throw new TenantException(TenantFailure.Busy, "Too many vaults and connections are in use at once; try again shortly.", TimeSpan.FromSeconds(1));
    }

    private async Task CloseAsync(Entry entry)
    {
        try
        {
            if (entry.Value is IAsyncDisposable later)
                await later.DisposeAsync();
            else
                (entry.Value as IDisposable)?.Dispose();
        }
        finally
        {
            _entries.TryRemove(new KeyValuePair<TKey, Entry>(entry.Key, entry));
            entry.SetClosed();
        }
    }

    internal sealed class Entry(TKey key, T value, long now)
    {
        private readonly Lock _lock = new();
        private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _users;
        private bool _retired;

        public TKey Key { get; } = key;

        public T Value { get; } = value;

        public long LastUsed { get; private set; } = now;

        public Task Closed => _closed.Task;

        public bool IsIdle
        {
            get
            {
                lock (_lock)
                    return _users == 0 && !_retired;
            }
        }

        public bool TryEnter()
        {
            lock (_lock)
            {
                if (_retired)
                    return false;
                _users++;
                return true;
            }
        }

        public void Leave(long timestamp)
        {
            lock (_lock)
            {
                _users--;
                LastUsed = timestamp;
            }
        }

        /// <summary>Ends it if nobody uses it and nobody has since the given time.</summary>
        public bool TryRetire(long idleSince)
        {
            lock (_lock)
            {
                if (_users > 0 || _retired || LastUsed > idleSince)
                    return false;
                return _retired = true;
            }
        }

        /// <summary>Ends it even if it is in use: its own closing lets calls under way finish.</summary>
        public bool Retire()
        {
            lock (_lock)
            {
                var first = !_retired;
                _retired = true;
                return first;
            }
        }

        public void SetClosed() => _closed.TrySetResult();
    }
}
