using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;

namespace Granary.Gateway.Protocol.Push;

/// <summary>
/// A legacy event stream that outlives its connection (2025-11-25): its events have ids, and a client that comes back with
/// <c>Last-Event-ID</c> gets what it missed and then the rest. Bounded: a stream that grows too long while nobody reads loses its past.
/// </summary>
internal sealed class ResumableStream
{
    private const int MaxBytes = 4 * 1024 * 1024;

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _order = new(1);
    private readonly List<(long Sequence, byte[] Data)> _events = [];
    private readonly TaskCompletionSource _completed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private SseWriter? _attached;
    private long _sequence;
    private int _bytes;

    /// <summary>Random, so that no client can guess another's stream.</summary>
    public string Id { get; } = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(12));

    /// <summary>Completes when the last event has been given to the stream.</summary>
    public Task Completed => _completed.Task;

    /// <summary>True when a connection took everything up to the last event.</summary>
    public bool IsDelivered { get; private set; }

    /// <summary>Splits an event id into the stream's and the event's number.</summary>
    public static bool TryReadEventId(string eventId, out string stream, out long sequence)
    {
        var dot = eventId.LastIndexOf('.');
        stream = dot > 0 ? eventId[..dot] : "";
        sequence = 0;
        return dot > 0 && long.TryParse(eventId.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture, out sequence);
    }

    /// <summary>Connects a response: first what it missed after <paramref name="after"/>, then everything new.</summary>
    public async ValueTask AttachAsync(SseWriter writer, long after, bool prime)
    {
        await _order.WaitAsync();
        try
        {
            if (prime)
                await writer.EventAsync(default, EventId(0));
            (long Sequence, byte[] Data)[] missed;
            lock (_lock)
                missed = [.. _events.Where(e => e.Sequence > after)];
            var alive = true;
            foreach (var (sequence, data) in missed)
                alive = alive && await writer.EventAsync(data, EventId(sequence));
            _attached = alive ? writer : null;
            IsDelivered = alive && _completed.Task.IsCompleted;
        }
        finally
        {
            _order.Release();
        }
    }

    /// <summary>Appends an event and sends it if anyone is connected.</summary>
    public async ValueTask SendAsync(byte[] message, bool last = false)
    {
        await _order.WaitAsync();
        try
        {
            long sequence;
            lock (_lock)
            {
                sequence = ++_sequence;
                _events.Add((sequence, message));
                _bytes += message.Length;
                while (_bytes > MaxBytes && _events.Count > 1)
                {
                    _bytes -= _events[0].Data.Length;
                    _events.RemoveAt(0);
                }
            }
            var delivered = _attached is not null && await _attached.EventAsync(message, EventId(sequence));
            if (!delivered)
                _attached = null;
            if (last)
            {
                IsDelivered = delivered;
                _completed.TrySetResult();
            }
        }
        finally
        {
            _order.Release();
        }
    }

    /// <summary>Ends the stream without a last event: the request was cancelled.</summary>
    public void Abandon() => _completed.TrySetResult();

    /// <summary>Disconnects, telling the client when to come back.</summary>
    public async ValueTask DetachAsync(TimeSpan retryAfter)
    {
        await _order.WaitAsync();
        try
        {
            if (_attached is not null)
                await _attached.EventAsync(default, EventId(_sequence), retry: retryAfter);
            _attached = null;
        }
        finally
        {
            _order.Release();
        }
    }

    private string EventId(long sequence) => string.Create(CultureInfo.InvariantCulture, $"{Id}.{sequence}");
}
