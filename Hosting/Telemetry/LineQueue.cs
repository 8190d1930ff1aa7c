using System.Text;

namespace Granary.Hosting.Telemetry;

/// <summary>
/// Log entries on their way to a stream. One thread writes what has gathered with one call of the system, in the order in which it came: a call for each entry, and waking a thread for
/// it, costs more than all the rest of the entry. What came last gathers for <see cref="Gather"/>, less where an entry is urgent or many wait.
/// The queue is bounded. Where it is full, callers wait for room, as nothing should be lost; after <see cref="Patience"/> without any, entries are given up and counted until the
/// stream takes some again.
/// </summary>
internal sealed class LineQueue : IDisposable
{
    /// <summary>How long an entry waits for others.</summary>
    public static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(10);

    /// <summary>How long a caller waits for room while the stream takes nothing.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>How long the end waits for such a stream.</summary>
    public static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(2);

    /// <summary>The most bytes that wait; an entry that is longer waits alone.</summary>
    public const int Capacity = 1024 * 1024;

    private const int Enough = 32 * 1024;
    private const int Kept = 64 * 1024;

    // A monitor, not a Lock: it is waited for, by the writer for entries and by others for room.
    private readonly object _gate = new();
    private readonly Stream _stream;
    private readonly Action<long> _tellLost;
    private readonly Thread _writer;
    private byte[] _waiting = new byte[Kept];
    private byte[] _written = new byte[Kept];
    private int _length;
    private int _entries;
    private long _lost;
    private bool _isUrgent;
    private bool _isStuck;
    private bool _isStopping;
    private bool _hasEnded;

    /// <param name="stream">Where entries go.</param>
    /// <param name="tellLost">Called with how many were lost, once the stream takes entries again. It may add one.</param>
    public LineQueue(Stream stream, Action<long> tellLost)
    {
        (_stream, _tellLost) = (stream, tellLost);
        _writer = new Thread(Run) { IsBackground = true, Name = "log" };
        _writer.Start();
    }

    /// <summary>Adds an entry.</summary>
    /// <param name="text">Its text, with the line's end.</param>
    /// <param name="isUrgent">Whether it is written at once.</param>
    public void Add(ReadOnlySpan<char> text, bool isUrgent)
    {
        lock (_gate)
        {
            var most = Encoding.UTF8.GetMaxByteCount(text.Length);
            if (!_hasEnded && !HasRoom(most))
            {
                _lost++;
                return;
            }
            if (_waiting.Length - _length < most)
                Array.Resize(ref _waiting, Math.Max(_length + most, 2 * _waiting.Length));
            var before = _length;
            _length += Encoding.UTF8.GetBytes(text, _waiting.AsSpan(_length));
            _entries++;
            if (_hasEnded)
            {
                // Logged after the end: nobody else writes any more.
                Take(out var length, out var entries);
                Write(length, entries);
            }
            else if (before == 0 || (isUrgent && !_isUrgent) || (before < Enough && _length >= Enough))
            {
                _isUrgent |= isUrgent;
                Monitor.PulseAll(_gate);
            }
        }
    }

    /// <summary>Writes what waits, and ends.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isStopping = true;
            Monitor.PulseAll(_gate);
        }
        _writer.Join(StopLimit);
    }

    private bool HasRoom(int bytes)
    {
        var until = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        while (_length > 0 && _length + bytes > Capacity)
        {
            var left = until - Environment.TickCount64;
            // The writer itself must not wait for itself.
            if (_isStuck || _hasEnded || Thread.CurrentThread == _writer)
                return _hasEnded;
            if (left <= 0)
            {
                _isStuck = true;
                return false;
            }
            Monitor.Wait(_gate, (int)left);
        }
        return true;
    }

    private void Run()
    {
        while (true)
        {
            int length, entries;
            lock (_gate)
            {
                while (_length == 0 && !_isStopping)
                    Monitor.Wait(_gate);
                if (_length == 0)
                {
                    _hasEnded = true;
                    Monitor.PulseAll(_gate);
                    return;
                }
                if (!_isUrgent && !_isStopping && _length < Enough)
                    Monitor.Wait(_gate, Gather);
                Take(out length, out entries);
                Monitor.PulseAll(_gate);
            }
            Write(length, entries);
        }
    }

    private void Take(out int length, out int entries)
    {
        (length, entries) = (_length, _entries);
        (_waiting, _written) = (_written.Length > Kept ? new byte[Kept] : _written, _waiting);
        (_length, _entries, _isUrgent) = (0, 0, false);
    }

    private void Write(int length, int entries)
    {
        var lost = 0L;
        try
        {
            _stream.Write(_written, 0, length);
            lock (_gate)
                (lost, _lost, _isStuck) = (_lost, 0, false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            // A full disk, say. There is no other place to tell of it; what is written next does.
            lock (_gate)
                _lost += entries;
        }
        if (lost > 0)
            _tellLost(lost);
    }
}
