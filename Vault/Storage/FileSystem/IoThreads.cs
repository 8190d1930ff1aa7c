namespace Granary.Vault.Storage.FileSystem;

/// <summary>
/// Threads for blocking file work, apart from the thread pool: many fsyncs at once must not hold up everything else. Threads are
/// started when work waits and end after a while without any.
/// </summary>
internal sealed class IoThreads(string name, int max)
{
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(20);

    private readonly Queue<Action> _work = new();
    private int _threads;
    private int _waiting;

    /// <summary>For appends, opening and creating.</summary>
    public static IoThreads Writers { get; } = new("granary-log-write", 32);

    /// <summary>For reads, so that they never queue behind an fsync.</summary>
    public static IoThreads Readers { get; } = new("granary-log-read", 8);

    /// <summary>Runs blocking work; what waits for it continues on the thread pool.</summary>
    public Task<T> RunAsync<T>(Func<T> work)
    {
        var completion = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() =>
        {
            try
            {
                completion.SetResult(work());
            }
            catch (Exception failure)
            {
                completion.SetException(failure);
            }
        });
        return completion.Task;
    }

    private void Post(Action work)
    {
        var start = false;
        lock (_work)
        {
            _work.Enqueue(work);
            if (_waiting >= _work.Count)
                Monitor.Pulse(_work);
            else if (_threads < max)
            {
                _threads++;
                start = true;
            }
        }
        if (start)
            new Thread(Loop) { IsBackground = true, Name = name }.Start();
    }

    private void Loop()
    {
        while (Take() is { } work)
            work();
    }

    private Action? Take()
    {
        lock (_work)
        {
            while (_work.Count == 0)
            {
                _waiting++;
                var woken = Monitor.Wait(_work, Idle);
                _waiting--;
                if (!woken && _work.Count == 0)
                {
                    _threads--;
                    return null;
                }
            }
            return _work.Dequeue();
        }
    }
}
