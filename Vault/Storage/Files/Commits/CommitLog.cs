using Granary.Vault.Storage.FileSystem;

namespace Granary.Vault.Storage.Files.Commits;

/// <summary>Where a commit log is stored, and how it works.</summary>
public sealed class CommitLogOptions
{
    /// <summary>The root of the vault folders; the log is in <c>commit-log</c> there.</summary>
    public required string Root { get; init; }

    /// <summary>The file operations.</summary>
    public IFileSystem Files { get; init; } = PhysicalFileSystem.Instance;

    /// <summary>The clock for checkpoints.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>When a segment is closed before its time, in bytes: at full rate it lasts about as long as <see cref="CheckpointAfter"/>.</summary>
    public int SegmentBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>After how long what is in the log is made durable in the vaults' own files.</summary>
    public TimeSpan CheckpointAfter { get; init; } = TimeSpan.FromSeconds(10);
}

/// <summary>
/// One log for all vaults below a root: appends of many vaults that wait at the same time become durable with one fsync. The vaults'
/// own files are written at once and flushed later; after a power cut the log writes again what they lost.
/// </summary>
public sealed class CommitLog : IAsyncDisposable
{
    private readonly CommitLogOptions _options;
    private readonly IDisposable _held;
    private readonly string _folder;
    private readonly object _gate = new();
    private readonly Thread _writer;
    private readonly ITimer _timer;
    private readonly List<Task> _checkpoints = [];
    private List<TaskCompletionSource> _emptying = [];
    private List<Waiting> _waiting = [];
    private CommitSegment _segment;
    private long _next;
    private bool _checkpointDue;
    private bool _closing;

    private CommitLog(CommitLogOptions options, IDisposable held, string folder, long next)
    {
        _options = options;
        _held = held;
        _folder = folder;
        _next = next;
        _segment = Create();
        _writer = new Thread(Run) { IsBackground = true, Name = "granary-commit-log" };
        _writer.Start();
        _timer = options.Time.CreateTimer(_ => RequestCheckpoint(), null, options.CheckpointAfter, options.CheckpointAfter);
    }

    internal string Root => _options.Root;

    /// <summary>Opens the log and first writes into the vaults what a crash left only here.</summary>
    /// <param name="options">Where and how.</param>
    /// <param name="findings">What was done, and what could not be; the latter is kept in <c>unapplied</c>.</param>
    /// <exception cref="VaultStorageException">Another process has the log or one of its vaults, or the disk refuses.</exception>
    public static CommitLog Open(CommitLogOptions options, out IReadOnlyList<StorageFinding> findings)
    {
        var found = new List<StorageFinding>();
        findings = found;
        return StorageFailures.Guard(() =>
        {
            var folder = Path.Combine(options.Root, "commit-log");
            options.Files.CreateFolder(folder);
            var held = Lock(options.Files, folder);
            try
            {
                var next = new CommitRecovery(options, folder, found).Run();
                return new CommitLog(options, held, folder, next);
            }
            catch
            {
                held.Dispose();
                throw;
            }
        });
    }

    /// <summary>Completes when the record is durable.</summary>
    internal Task AppendAsync(ICommitted vault, byte[] record)
    {
        var waiting = new Waiting(vault, record);
        lock (_gate)
        {
            if (_closing)
                throw new VaultStorageException(VaultStorageFailure.Refused, "The commit log has been closed.");
            _waiting.Add(waiting);
            if (_waiting.Count == 1)
                Monitor.Pulse(_gate);
        }
        return waiting.Done.Task;
    }

    /// <summary>
    /// Makes all vaults durable in their own files now, and completes when what the log held so far is gone with its segments: for bytes that are to be
    /// nowhere any more. A segment that cannot go yet goes later, as ever.
    /// </summary>
    internal Task EmptyAsync()
    {
        lock (_gate)
        {
            if (_closing)
                return Task.CompletedTask;
            var emptying = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _emptying.Add(emptying);
            _checkpointDue = true;
            Monitor.Pulse(_gate);
            return emptying.Task;
        }
    }

    /// <summary>Finishes what waits, makes all vaults durable in their own files, and leaves an empty log.</summary>
    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();
        lock (_gate)
        {
            if (_closing)
                return;
            _closing = true;
            Monitor.Pulse(_gate);
        }
        await IoThreads.Writers.RunAsync(() =>
        {
            _writer.Join();
            return true;
        });
        _checkpoints.Add(Checkpoint(_segment));
        await Task.WhenAll(_checkpoints);
        _held.Dispose();
    }

    private static IDisposable Lock(IFileSystem files, string folder)
    {
        try
        {
            return files.Lock(Path.Combine(folder, "lock"));
        }
        catch (IOException failure)
        {
            throw new VaultStorageException(
                VaultStorageFailure.Locked, "Another process uses this data folder; one gateway at a time can serve the vaults in it.", failure);
        }
    }

    private void RequestCheckpoint()
    {
        lock (_gate)
        {
            _checkpointDue = true;
            Monitor.Pulse(_gate);
        }
    }

    private void Run()
    {
        while (Take(out var emptying) is { } batch)
        {
            if (batch.Count > 0)
                Commit(batch);
            if (_segment.Length > 0 && (batch.Count == 0 || emptying.Count > 0 || _segment.Length >= _options.SegmentBytes))
                Rotate();
            if (emptying.Count > 0)
                _ = CompleteAsync(emptying, Task.WhenAll(_checkpoints));
        }
    }

    /// <summary>Everything that waits; empty when only a checkpoint is due; null at the end.</summary>
    private List<Waiting>? Take(out List<TaskCompletionSource> emptying)
    {
        lock (_gate)
        {
            while (_waiting.Count == 0 && !_checkpointDue && !_closing)
                Monitor.Wait(_gate);
            (emptying, _emptying) = (_emptying, []);
            if (_waiting.Count == 0)
            {
                var due = _checkpointDue;
                _checkpointDue = false;
                return due ? [] : null;
            }
            var batch = _waiting;
            _waiting = new List<Waiting>(batch.Count);
            return batch;
        }
    }

    private void Commit(List<Waiting> batch)
    {
        var before = _segment.Length;
        try
        {
            using var buffer = new Canonical.PooledBuffer();
            foreach (var waiting in batch)
                buffer.Write(waiting.Record);
            _segment.Write(buffer.Written);
        }
        catch (Exception failure)
        {
            // Whatever it is, this thread goes on: everyone else's appends depend on it.
            Fail(batch, StorageFailures.IsIo(failure) && TryRestore(before) ? StorageFailures.Refused(failure) : StorageFailures.Unknown(failure));
            return;
        }
        try
        {
            _segment.Flush();
        }
        catch (Exception failure)
        {
            // What the kernel did with these pages is not known; nothing more goes into this file.
            TryRestore(before);
            Fail(batch, StorageFailures.Unknown(failure));
            Rotate();
            return;
        }
        foreach (var waiting in batch)
            _segment.Vaults.Add(waiting.Vault);
        foreach (var waiting in batch)
            waiting.Done.SetResult();
    }

    private static async Task CompleteAsync(List<TaskCompletionSource> emptying, Task checkpoints)
    {
        await checkpoints.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var done in emptying)
            done.SetResult();
    }

    private static void Fail(List<Waiting> batch, VaultStorageException failure)
    {
        foreach (var waiting in batch)
            waiting.Done.SetException(failure);
    }

    private bool TryRestore(long length)
    {
        try
        {
            _segment.Restore(length);
            return true;
        }
        catch (Exception)
        {
            return false;
        }
    }

    private void Rotate()
    {
        CommitSegment next;
        try
        {
            next = Create();
        }
        catch (Exception)
        {
            // No room for a new file: the old one goes on growing until there is.
            return;
        }
        var full = _segment;
        _segment = next;
        _checkpoints.RemoveAll(task => task.IsCompleted);
        _checkpoints.Add(Checkpoint(full));
    }

    /// <summary>Makes the vaults' own files durable, and then lets the segment go.</summary>
    private Task<bool> Checkpoint(CommitSegment segment) => IoThreads.Writers.RunAsync(() =>
    {
        var durable = true;
        foreach (var vault in segment.Vaults)
            durable &= vault.FlushFiles();
        segment.Dispose();
        try
        {
            if (durable)
                _options.Files.DeleteFile(segment.Path);
        }
        catch (Exception)
        {
            // A segment too many is read again at the next start and changes nothing.
        }
        return durable;
    });

    private CommitSegment Create()
    {
        var path = Path.Combine(_folder, $"{_next:D12}.log");
        var segment = new CommitSegment(path, _options.Files.Open(path, create: true, secret: true));
        _next++;
        try
        {
            // The name must be durable before anything in the file is.
            _options.Files.FlushFolder(_folder);
            return segment;
        }
        catch
        {
            segment.Dispose();
            throw;
        }
    }

    private sealed record Waiting(ICommitted Vault, byte[] Record)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
