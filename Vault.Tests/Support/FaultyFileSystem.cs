using Granary.Vault.Storage.FileSystem;

namespace Granary.Vault.Tests.Support;

/// <summary>The process died here: nothing of it runs any more, and nothing it would do afterwards happens.</summary>
internal sealed class SimulatedCrashException : Exception;

/// <summary>The machine's file system with a failure at a chosen step. Steps are operations that change something.</summary>
internal sealed class FaultyFileSystem : IFileSystem
{
    private readonly PhysicalFileSystem _inner = PhysicalFileSystem.Instance;
    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, long> _durable = [];
    private readonly Lock _lock = new();
    private bool _dead;

    /// <summary>How many steps there have been.</summary>
    public int Steps { get; private set; }

    /// <summary>The step at which the process dies, after half of a write.</summary>
    public int CrashAt { get; set; } = int.MaxValue;

    /// <summary>Fails an operation ("write", "flush", "cut", …) on a path.</summary>
    public Func<string, string, Exception?>? Fail { get; set; }

    /// <summary>What a power cut leaves: of each file no more than was flushed.</summary>
    public void LosePower()
    {
        foreach (var (path, length) in _durable)
        {
            if (!File.Exists(path))
                continue;
            using var file = File.Open(path, FileMode.Open);
            if (file.Length > length)
                file.SetLength(length);
        }
    }

    public IStorageFile Open(string path, bool create, bool secret = false)
    {
        if (create && !File.Exists(path))
            Step("create", path);
        var file = _inner.Open(path, create, secret);
        _durable.TryAdd(path, file.Length);
        return new FaultyFile(this, path, file);
    }

    public IStorageFile OpenRead(string path) => _inner.OpenRead(path);

    public IDisposable Lock(string path) => _inner.Lock(path);

    public bool FileExists(string path) => _inner.FileExists(path);

    public bool FolderExists(string path) => _inner.FolderExists(path);

    public void CreateFolder(string path)
    {
        Step("folder", path);
        _inner.CreateFolder(path);
    }

    public IReadOnlyList<string> ListFiles(string path) => _inner.ListFiles(path);

    public void ReplaceFile(string from, string to)
    {
        Step("replace", to);
        _inner.ReplaceFile(from, to);
        if (_durable.TryRemove(from, out var length))
            _durable[to] = length;
    }

    public void MoveFolder(string from, string to)
    {
        Step("move", to);
        _inner.MoveFolder(from, to);
    }

    public void DeleteFile(string path)
    {
        Step("delete", path);
        _inner.DeleteFile(path);
    }

    public void DeleteFolder(string path)
    {
        Step("delete", path);
        _inner.DeleteFolder(path);
    }

    public void FlushFolder(string path)
    {
        Step("flush", path);
        _inner.FlushFolder(path);
    }

    private void Step(string operation, string path, Action? half = null)
    {
        lock (_lock)
            StepAlone(operation, path, half);
    }

    private void StepAlone(string operation, string path, Action? half)
    {
        if (_dead || ++Steps >= CrashAt)
        {
            if (!_dead)
                half?.Invoke();
            _dead = true;
            throw new SimulatedCrashException();
        }
        if (Fail?.Invoke(operation, path) is { } failure)
        {
            half?.Invoke();
            throw failure;
        }
    }

    private sealed class FaultyFile(FaultyFileSystem files, string path, IStorageFile inner) : IStorageFile
    {
        public long Length => inner.Length;

        public int Read(Span<byte> buffer, long offset) => inner.Read(buffer, offset);

        public void Write(ReadOnlySpan<byte> bytes, long offset)
        {
            var copy = bytes.ToArray();
            files.Step("write", path, () => inner.Write(copy.AsSpan(0, copy.Length / 2), offset));
            inner.Write(bytes, offset);
        }

        public void Flush()
        {
            files.Step("flush", path);
            inner.Flush();
            files._durable[path] = inner.Length;
        }

        public void SetLength(long length)
        {
            files.Step("cut", path);
            inner.SetLength(length);
            files._durable[path] = Math.Min(files._durable[path], length);
        }

        public void Dispose() => inner.Dispose();
    }
}
