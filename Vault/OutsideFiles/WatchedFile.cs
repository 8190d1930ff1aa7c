using System.Security.Cryptography;

namespace Granary.Vault.OutsideFiles;

/// <summary>
/// A file of keys or rules that is in force while it changes. It is read every two seconds and compared by its content: a mounted secret, a copy or an archive may put
/// another file in its place with the same time. One that cannot be used leaves the last good one in force; twice in a row, and <see cref="IsReady"/> is false: nothing
/// could be forbidden through it.
/// </summary>
/// <param name="path">The file.</param>
/// <param name="kind">What failures call it, for example <c>policy file</c>.</param>
/// <param name="limit">How many bytes it has at most.</param>
/// <param name="use">Puts its bytes in force; throws <see cref="InvalidDataException"/> where it cannot, and then changes nothing.</param>
public sealed class WatchedFile(string path, string kind, int limit, Action<byte[]> use) : IDisposable
{
    /// <summary>Half of what a deleted key may stay valid, less the time a slow disk takes.</summary>
    public static readonly TimeSpan ReadEvery = TimeSpan.FromSeconds(2);

    private const int FailuresUntilNotReady = 2;

    private byte[] _digest = [];
    private string? _problem;
    private volatile int _failures;
    private int _reading;
    private ITimer? _timer;

    /// <summary>False once the file could not be used twice in a row.</summary>
    public bool IsReady => _failures < FailuresUntilNotReady;

    /// <summary>Whether an older content is in force because this one cannot be used.</summary>
    public bool IsKept => _failures > 0;

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="kind">What failures call it.</param>
    /// <param name="limit">How many bytes it has at most.</param>
    /// <exception cref="InvalidDataException">It cannot be read; the message names it and says why.</exception>
    public static byte[] Read(string path, string kind, int limit)
    {
        try
        {
            return RegularFile.Read(path, limit);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            var reason = e is FileNotFoundException or DirectoryNotFoundException ? "there is none" : e.Message;
            throw new InvalidDataException($"The {kind} '{path}' cannot be read: {reason}", e);
        }
    }

    /// <summary>Puts the file in force, and then every content that follows.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="looked">Called after each look.</param>
    /// <exception cref="InvalidDataException">It cannot be used at start: a gateway does not start without it.</exception>
    public void Start(TimeProvider time, Action<FileLook> looked)
    {
        Load();
        _timer = time.CreateTimer(_ => Look(looked), null, ReadEvery, ReadEvery);
    }

    /// <inheritdoc />
    public void Dispose() => _timer?.Dispose();

    private void Look(Action<FileLook> looked)
    {
        if (Interlocked.Exchange(ref _reading, 1) == 1)
            return;
        try
        {
            looked(Look());
        }
        finally
        {
            Volatile.Write(ref _reading, 0);
        }
    }

    private FileLook Look()
    {
        try
        {
            var isChanged = Load();
            var isMended = IsKept;
            (_failures, _problem) = (0, null);
            return new FileLook(isChanged, isMended, null);
        }
        catch (InvalidDataException e)
        {
            _failures++;
            var isNew = _problem != e.Message;
            _problem = e.Message;
            return new FileLook(false, false, isNew ? e.Message : null);
        }
    }

    private bool Load()
    {
        var bytes = Read(path, kind, limit);
        var digest = SHA256.HashData(bytes);
        if (digest.AsSpan().SequenceEqual(_digest))
            return false;
        use(bytes);
        _digest = digest;
        return true;
    }
}

/// <summary>What a look at a file found.</summary>
/// <param name="IsChanged">Another content is in force.</param>
/// <param name="IsMended">It can be used again.</param>
/// <param name="Problem">Why it cannot be used, where that is another reason than at the look before.</param>
public readonly record struct FileLook(bool IsChanged, bool IsMended, string? Problem);
