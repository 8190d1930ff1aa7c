using System.Globalization;
using Granary.Gateway.Protocol.Http;

namespace Granary.Gateway.Protocol.Legacy.Sessions;

/// <summary>
/// A legacy event stream that outlives its connection (2025-11-25): its events have ids, and a client that comes back with
/// <c>Last-Event-ID</c> gets what it missed and then the rest. Bounded: a stream that grows too long while nobody reads loses its past.
/// </summary>
internal sealed class ResumableStream(string id)
{
    private const int MaxBytes = 4 * 1024 * 1024;

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _order = new(1);
    private readonly List<(long Sequence, byte[] Data)> _events = [];
    private readonly TaskCompletionSource _completed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private SseWriter? _attached;
    private long _sequence;
    private int _bytes;

    /// <summary>Unguessable, so that no client can name another's stream.</summary>
    public string Id { get; } = id;

    /// <summary>Completes when the last event has been given to the stream.</summary>
    public Task Completed => _completed.Task;

    /// <summary>True when a connection took everything up to the last event.</summary>
    public bool IsDelivered { get; private set; }

    /// <summary>Keeps the stream where other gateways find it, once nobody reads it here; null where there are none.</summary>
    public StreamKeeper? Keeper { get; set; }

    /// <summary>The id of one of a stream's events.</summary>
    public static string EventId(string stream, long sequence) => string.Create(CultureInfo.InvariantCulture, $"{stream}.{sequence}");

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
                await writer.EventAsync(default, EventId(Id, 0));
            var alive = true;
            foreach (var (sequence, data) in Read(after).Events)
                alive = alive && await writer.EventAsync(data, EventId(Id, sequence));
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
        var delivered = false;
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
            delivered = _attached is not null && await _attached.EventAsync(message, EventId(Id, sequence));
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
        if (!delivered && Keeper is { } keeper)
            _ = keeper.KeepAsync();
    }

    /// <summary>What is there after an event.</summary>
    public StreamPage Read(long after)
    {
        lock (_lock)
        {
            return new StreamPage(
                _events.Count > 0 ? _events[0].Sequence : _sequence + 1,
                [.. _events.Where(e => e.Sequence > after)],
                _completed.Task.IsCompleted ? _sequence : null);
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
                await _attached.EventAsync(default, EventId(Id, _sequence), retry: retryAfter);
            _attached = null;
        }
        finally
        {
            _order.Release();
        }
    }

    /// <summary>Disconnects a response that ends, or, with null, whichever there is; nothing is written to it any more.</summary>
    public async ValueTask DetachAsync(SseWriter? writer)
    {
        await _order.WaitAsync();
        if (writer is null || _attached == writer)
            _attached = null;
        _order.Release();
    }
}
